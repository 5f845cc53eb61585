"""URLs of project files: the list, one file, what it says, costs and holds, who works on it."""

from django.urls import URLPattern, path

from filiere.web.views import projects as home
from filiere.web.views import projects_answers as answers
from filiere.web.views import projects_budget as budget
from filiere.web.views import projects_content as content
from filiere.web.views import projects_team as team

urlpatterns: list[URLPattern] = [
    path("projets/", home.projects, name="projects"),
    path("projets/nouveau", home.project_new, name="project_new"),
    path("projets/<int:ref>/", home.project, name="project"),
    path("projets/<int:ref>/etat/<str:state>", home.project_move, name="project_move"),
    path("projets/<int:ref>/description", content.project_edit, name="project_edit"),
    path("projets/<int:ref>/partenaires", content.project_partners, name="project_partners"),
    path("projets/<int:ref>/calendrier", content.project_calendar, name="project_calendar"),
    path("projets/<int:ref>/indicateurs", content.project_indicators, name="project_indicators"),
    path("projets/<int:ref>/questions", answers.project_questions, name="project_questions"),
    path(
        "projets/<int:ref>/questions/copier",
        answers.project_answers_copy,
        name="project_answers_copy",
    ),
    path(
        "projets/<int:ref>/questions/<str:key>", answers.project_question, name="project_question"
    ),
    path("projets/<int:ref>/budget", budget.project_budget, name="project_budget"),
    path("projets/<int:ref>/budget/ajouter", budget.project_line_new, name="project_line_new"),
    path("projets/<int:ref>/budget/<int:pk>", budget.project_line, name="project_line"),
    path(
        "projets/<int:ref>/budget/<int:pk>/retirer",
        budget.project_line_remove,
        name="project_line_remove",
    ),
    path("projets/<int:ref>/pieces", budget.project_attachments, name="project_attachments"),
    path("projets/<int:ref>/pieces/<int:pk>", budget.project_attachment, name="project_attachment"),
    path(
        "projets/<int:ref>/pieces/<int:pk>/retirer",
        budget.project_attachment_remove,
        name="project_attachment_remove",
    ),
    path("projets/<int:ref>/equipe", team.project_team, name="project_team"),
    path(
        "projets/<int:ref>/equipe/<int:pk>/retirer",
        team.project_member_remove,
        name="project_member_remove",
    ),
    path("projets/<int:ref>/versions", team.project_versions, name="project_versions"),
    path("projets/<int:ref>/versions/<int:number>", team.project_version, name="project_version"),
]
