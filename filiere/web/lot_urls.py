"""URLs of the pages about lots of vouchers and their use."""

from django.urls import path

from filiere.web.views import funnels, hand_outs, lot_closing, lot_custody, lots

urlpatterns = [
    path("lots", lots.lots, name="lots"),
    path("lots/nouveau/<int:pk>", lots.new, name="lot_new"),
    path("lots/<int:pk>", lots.lot, name="lot"),
    path("lots/<int:pk>/fabriquer", lots.generate, name="lot_generate"),
    path("lots/<int:pk>/activer", lots.activate, name="lot_activate"),
    path("lots/<int:pk>/confier", lot_custody.entrust, name="lot_entrust"),
    path("lots/<int:pk>/rappeler", lot_custody.recall, name="lot_recall"),
    path("lots/<int:pk>/rappel/<int:recall_id>/lever", lot_custody.lift, name="recall_lift"),
    path("lots/<int:pk>/derogation", lot_closing.override, name="lot_override"),
    path(
        "lots/<int:pk>/derogation/confirmer",
        lot_closing.override_confirm,
        name="lot_override_confirm",
    ),
    path("lots/<int:pk>/etat", lot_closing.statement, name="lot_statement"),
    path("lots/<int:pk>/etat/vu", lot_closing.acknowledge, name="lot_acknowledge"),
    path("lots/<int:pk>/clore", lot_closing.close, name="lot_close"),
    path("remettre", hand_outs.one, name="hand_out"),
    path("remettre/feuille", hand_outs.sheet, name="hand_out_sheet"),
    path("cheques/<int:serial>/perdu", hand_outs.lost, name="voucher_lost"),
    path("usage/<int:pk>", funnels.usage, name="usage"),
    path("derogations", funnels.overrides, name="overrides"),
]
