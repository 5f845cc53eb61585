"""What a PDF file says and shows, for the tests that draw one."""

import pypdfium2

MILLIMETRE = 72 / 25.4


def texts(content: bytes) -> list[str]:
    """The text of each page, no-break spaces written as spaces, lines joined by spaces."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return [" ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split()) for text in pages]


def sizes(content: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in millimetres."""
    found = [page.get_size() for page in pypdfium2.PdfDocument(content)]
    return [(round(width / MILLIMETRE), round(height / MILLIMETRE)) for width, height in found]


class Drawn:
    """One page as black and white dots, asked by position in millimetres from the top left."""

    DOTS_PER_POINT = 6

    def __init__(self, content: bytes, page: int) -> None:
        opened = pypdfium2.PdfDocument(content)[page]
        self.bitmap = opened.render(scale=self.DOTS_PER_POINT, grayscale=True)
        self.dots = bytes(self.bitmap.buffer)

    def is_black(self, x_mm: float, y_mm: float) -> bool:
        x, y = (round(at * MILLIMETRE * self.DOTS_PER_POINT) for at in (x_mm, y_mm))
        return self.dots[y * self.bitmap.stride + x * self.bitmap.n_channels] < 128
