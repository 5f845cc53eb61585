"""URLs of the till (régie) of public organisations."""

from django.urls import path

from filiere.web.views import till_acts, till_months, till_sales, tills

urlpatterns = [
    path("regies", tills.tills, name="tills"),
    path("regies/ouvrir", till_acts.new, name="till_new"),
    path("regies/reperes", tills.aids, name="till_aids"),
    path("regies/<int:pk>", tills.till, name="till"),
    path("regies/<int:pk>/compter", tills.count, name="till_count"),
    path("regies/<int:pk>/verser", tills.deposit, name="till_deposit"),
    path("regies/<int:pk>/equipe", till_acts.team, name="till_team"),
    path("regies/<int:pk>/fermer", till_acts.close, name="till_close"),
    path("regies/<int:pk>/mois/<str:month>", till_months.month, name="till_month"),
    path("regies/<int:pk>/mois/<str:month>/journal.csv", till_months.csv, name="till_month_csv"),
    path("regies/<int:pk>/mois/<str:month>/imprimer", till_months.paper, name="till_month_paper"),
    path("regies/<int:pk>/forfait", till_sales.sell, name="till_sell"),
    path("regies/quittance/<int:pk>", till_sales.sale, name="till_sale"),
    path("regies/quittance/<int:pk>/annuler", tills.reverse, name="till_reverse"),
    path("seance/<str:ref>/regie", tills.record, name="till_record"),
]
