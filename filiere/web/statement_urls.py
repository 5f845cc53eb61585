"""URLs of statements: of organisations, and of a person's year of help."""

from django.urls import path

from filiere.web.views import personal_file, statements, year_of_help

urlpatterns = [
    path("releves", statements.statements, name="statements"),
    path("releves/<int:pk>/<slug:party>", statements.statement, name="statement"),
    path("releves/<int:pk>/<slug:party>/pdf", statements.statement_pdf, name="statement_pdf"),
    path("releves/<int:pk>/<slug:party>/csv", statements.statement_csv, name="statement_csv"),
    path("seance/<str:ref>/annee", year_of_help.year_of_help, name="year_of_help"),
    path("seance/<str:ref>/annee/pdf", year_of_help.year_of_help_pdf, name="year_of_help_pdf"),
    path("seance/<str:ref>/donnees", personal_file.personal_file, name="personal_file"),
    path("mon-annee/<str:ref>/<str:token>", year_of_help.my_year, name="my_year"),
    path("mon-annee/<str:ref>/<str:token>/pdf", year_of_help.my_year_pdf, name="my_year_pdf"),
]
