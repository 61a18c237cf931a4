"""The audit log as administrators read it."""

from zoneinfo import ZoneInfo

from agent_api.pages.audit_words import ACTIONS, action, moment, particulars
from callcenter.audit import AuditAction


def test_every_deed_has_words() -> None:
    assert set(ACTIONS) == {*AuditAction}


def test_an_action_of_another_version_is_shown_as_it_is_written() -> None:
    assert action("something.new") == "something.new"


def test_what_changed_is_shown_with_what_it_was() -> None:
    changes = {"role": ["agent", "admin"], "active": [True, False], "queues": [None, {"101": 2}]}
    words = dict(particulars({"login": "ana", "changes": changes, "command_id": "7"}))
    shown = "rol: Agente → Administración; activo: sí → no; colas: nada → 101 2"
    assert words == {"usuario": "ana", "cambios": shown}


def test_what_is_empty_is_left_out_and_lists_are_read_out() -> None:
    words = dict(particulars({"why": "", "extension": None, "queues": [{"queue": "101", "penalty": 0}]}))
    assert words == {"colas": "cola 101, prioridad 0"}


def test_an_instant_is_shown_to_the_second() -> None:
    assert moment(1_790_006_400_000_000, ZoneInfo("America/La_Paz")) == "21/09/2026 12:00:00"


def test_the_outcome_of_a_call_is_shown_in_words() -> None:
    assert dict(particulars({"outcome": "promised"})) == {"resultado": "Promete pagar"}
    assert dict(particulars({"outcome": "of_another_version"})) == {"resultado": "of_another_version"}


def test_a_command_is_shown_in_words() -> None:
    words = dict(particulars({"kind": "mute", "muted": True, "exten": "1003", "mode": "whisper"}))
    assert words == {"orden": "silenciar", "silenciado": "sí", "destino": "1003", "modo": "hablar al oído"}


def test_a_campaign_s_settings_are_shown_in_words() -> None:
    changes = {"mode": ["preview", "progressive"], "order": [["expiry", "attempts"], ["segment"]]}
    changes["pauses_seconds"] = [{"busy": 900}, {"busy": 60}]
    words = dict(particulars({"campaign": "corte", "changes": changes}))
    assert words["campaña"] == "corte"
    assert words["cambios"] == (
        "modo: vista previa → progresivo; orden: vencimiento, menos intentos → segmento; "
        "esperas (s): ocupado 900 → ocupado 60"
    )


def test_what_was_looked_at_and_sent_is_shown_in_words() -> None:
    listed = {"month": "2026-10", "figure": "within", "line": "101", "part": 1, "day": 3, "after": 100}
    assert dict(particulars(listed)) == {
        **{"mes": "2026-10", "cifra": "Atendidas en el plazo", "línea": "101", "parte": "1", "día": "3"},
        "desde la": "100",
    }
    sent = {"scheduled": 3, "report": "menus", "form": "pdf", "every": "weekly", "hour": 6}
    more = {"recipients": ["jefa@cooperativa.bo"], "enabled": True, "asked": {"lines": ["101"]}}
    assert dict(particulars({**sent, **more})) == {
        **{"envío": "3", "informe": "menus", "formato": "pdf", "cada cuánto": "cada lunes", "hora": "6"},
        **{"a quiénes": "jefa@cooperativa.bo", "se envía": "sí", "pedido": "líneas 101"},
    }
