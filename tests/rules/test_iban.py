import pytest

from filiere.rules.iban import read_iban


def test_r14_read_iban_gives_the_account_and_its_bank():
    read = read_iban(" fr14 2004 1010 0505 0001 3m02 606 ")

    assert (read.iban, read.country, read.is_sepa) == ("FR1420041010050500013M02606", "FR", True)
    assert read.bic[4:6] in ("FR", "")


def test_read_iban_tells_what_transfers_do_not_reach():
    assert not read_iban("BR15 0000 0000 0000 1093 2840 814P 2").is_sepa


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FR76 1",
        "FR14 2004 1010 0505 0001 3M02 607",
        "FR1520041010050500013M02607",
        "ZZ1420041010050500013M02606",
        "le compte de Léa",
    ],
)
def test_r14_read_iban_refuses_what_cannot_exist(text):
    with pytest.raises(ValueError, match="not an account number"):
        read_iban(text)
