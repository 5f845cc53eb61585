"""URLs of what is printed: booklets, letters, receipts, statements."""

from django.urls import path

from filiere.web.views import paper, texting

urlpatterns = [
    path("carnets", paper.booklets, name="booklets"),
    path("carnets/<int:pk>/imprimer", paper.booklet_pdf, name="booklet_pdf"),
    path("cheques/<int:serial>/lettre", paper.voucher_letter, name="voucher_letter"),
    path("cheques/<int:serial>/sms", texting.voucher_sms, name="voucher_sms"),
    path("seance/<str:ref>/recu.pdf", paper.session_receipt_pdf, name="session_receipt_pdf"),
    path("versements/<int:pk>.pdf", paper.payment_pdf, name="payment_pdf"),
]
