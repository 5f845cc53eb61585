"""URLs of what is due on invoices: payments, credit balances, plans, disputes, reminders."""

from django.urls import path

from filiere.web.views import receivable_steps, receivables, reminders

urlpatterns = [
    path("factures/dues", receivables.receivables, name="receivables"),
    path("factures/relances", reminders.reminders, name="receivable_reminders"),
    path("factures/relances/<int:pk>", reminders.reminder, name="receivable_reminder"),
    path("factures/relances/<int:pk>.pdf", reminders.reminder_letter, name="receivable_letter"),
    path("factures/<int:pk>/paiements", receivables.receivable, name="receivable"),
    path("factures/<int:pk>/solde", receivable_steps.credit_use, name="receivable_credit"),
    path("factures/<int:pk>/solde/rendre", receivable_steps.refund, name="receivable_refund"),
    path("factures/<int:pk>/echeancier", receivable_steps.plan, name="receivable_plan"),
    path("factures/<int:pk>/contestation", receivable_steps.dispute, name="receivable_dispute"),
    path("factures/paiements/<int:pk>/rejet", receivable_steps.bounce, name="receivable_bounce"),
]
