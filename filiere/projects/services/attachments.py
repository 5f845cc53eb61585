"""Files kept with a project: bounded in size, of known kinds, without macros."""

import hashlib
import io
import re
import zipfile
from datetime import date, datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.projects.errors import AttachmentRefused, AttachmentUsed
from filiere.projects.models import Attachment, AttachmentKind
from filiere.projects.services.locking import hold_project

MOST_BYTES = 5_000_000
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What runs; how a workbook was last printed is kept in a .bin of its own, which does not.
_RUNS = re.compile(r"(?<!printersettings)(?<!printersettings\d)(?<!printersettings\d\d)\.bin$"
                   r"|\.(exe|js|vbs)$", re.IGNORECASE)  # fmt: skip


@transaction.atomic
def attach(
    *,
    project_id: int,
    kind: str,
    name: str,
    content: bytes,
    actor: str,
    at: datetime,
    expires_on: date | None = None,
) -> Attachment:
    """Keep one file with a project; the same one again, of the same kind, changes its last day.

    Args:
        kind: one of ``AttachmentKind``.
        content: 1 to 5,000,000 bytes: PDF, PNG, JPEG, DOCX or XLSX. What it is, is read in it.
        expires_on: last day it is good; None: no end.

    Raises:
        ProjectEnded: the file changes no more.
        AttachmentRefused: empty, too large, another kind of file, or one with macros.
    """
    short = name.replace("\\", "/").rpartition("/")[2].strip()[-120:]
    content_type = type_of(content)
    if not (short and content_type and kind in AttachmentKind.values):
        raise AttachmentRefused(name=short)
    project = hold_project(project_id)
    kept, _is_new = Attachment.objects.update_or_create(
        project=project,
        kind=kind,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={"expires_on": expires_on},
        create_defaults={
            "name": short,
            "content_type": content_type,
            "content": content,
            "size_bytes": len(content),
            "expires_on": expires_on,
            "added_at": at,
            "added_by": actor,
        },
    )
    kernel.record(
        actor=actor, action="projects.attached", subject=f"project:{project.pk}", at=at, kind=kind
    )
    return kept


@transaction.atomic
def detach(*, attachment: Attachment, actor: str, at: datetime) -> None:
    """Throw one file away. Twice changes nothing.

    Raises:
        ProjectEnded: the file changes no more.
        AttachmentUsed: it proves a cost.
    """
    project = hold_project(attachment.project_id)
    found = project.attachments.filter(pk=attachment.pk).first()
    if found is None:
        return
    if found.tags.exists():
        raise AttachmentUsed(name=found.name)
    found.delete()
    kernel.record(
        actor=actor, action="projects.detached", subject=f"project:{project.pk}", at=at,
        kind=found.kind,
    )  # fmt: skip


def type_of(content: bytes) -> str:
    """Tell what a file is by what it holds; blank when it is not one that is kept."""
    if not 0 < len(content) <= MOST_BYTES:
        return ""
    for beginning, content_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return content_type
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(_RUNS.search(one) for one in names):
        return ""
    return next((found for part, found in _OFFICE.items() if part in names), "")
