"""URLs of the pages about money and steering."""

from django.urls import path

from filiere.web.views import accounts_open, batches, board, check, euro, payables

urlpatterns = [
    path("financer", euro.programmes, name="programmes"),
    path("financer/<int:pk>", euro.programme, name="programme"),
    path("financer/tranche/<int:pk>", euro.tranche, name="tranche"),
    path("financer/tranche/<int:pk>/lieu/<int:place>", euro.sessions_paid, name="sessions_paid"),
    path("financer/tranche/<int:pk>/commune/<int:commune>", euro.sessions_in, name="sessions_in"),
    path("financer/tranche/<int:pk>/service/<slug:service>", euro.sessions_of, name="sessions_of"),
    path("financer/acte/<uuid:pk>", euro.act, name="act"),
    path("versements", payables.payables, name="payables"),
    path("versements/<int:pk>", payables.payment, name="payment"),
    path("paiements", batches.batches, name="batches"),
    path("paiements/preparer", batches.batch_freeze, name="batch_freeze"),
    path("paiements/<int:pk>", batches.batch, name="batch"),
    path("paiements/<int:pk>/approuver", batches.batch_approve, name="batch_approve"),
    path("paiements/<int:pk>/annuler", batches.batch_cancel, name="batch_cancel"),
    path("paiements/<int:pk>/envoyer", batches.batch_emit, name="batch_emit"),
    path("paiements/<int:pk>/fichier.xml", batches.batch_file, name="batch_file"),
    path("paiements/<int:pk>/paye", batches.batch_paid, name="batch_paid"),
    path("buts", board.board, name="board"),
    path("buts/<slug:kind>/<str:code>", board.board_of, name="board_of"),
    path("buts/<slug:kind>/<str:code>/<slug:aim>", board.aim_source, name="aim_source"),
    path("comptes", accounts_open.open_accounts, name="open_accounts"),
    path("verification", check.check, name="check"),
]
