import pytest
from sqlalchemy import select, update

from agent_api.accounts.passwords import AccountError
from agent_api.accounts.rate_limit import ATTEMPTS
from agent_api.accounts.sessions import SESSION_SECONDS, digest_of
from agent_api.accounts.user_store import change_password, create_demo_users
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from callcenter.records.users import audit_log, tokens, users
from callcenter.roles import Role
from tests.agent_api.api_site import Site


async def test_a_session_lasts_twelve_hours_and_its_token_is_not_kept(site: Site) -> None:
    await site.user("ana")
    opened = (await site.enter(" ANA ")).json()
    async with site.database.reading() as connection:
        (kept,) = (await connection.execute(select(tokens))).all()
    assert kept.digest == digest_of(opened["token"])
    assert abs(kept.expires_us - now_us() - SESSION_SECONDS * MICROSECONDS) < 60 * MICROSECONDS


async def test_me_is_who_logged_in(site: Site) -> None:
    headers = await site.agent()
    me = (await site.http.get("/api/me", headers=headers)).json()
    assert (me["login"], me["role"], me["extension"]) == ("1001", "agent", "1001")


async def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(site: Site) -> None:
    await site.user("ana")
    wrong, unknown = await site.enter("ana", "otra frase"), await site.enter("nadie", "otra frase")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json() == {"detail": "Usuario o contraseña incorrectos."}


@pytest.mark.parametrize("login", ["ana", "nadie"])
async def test_repeated_failures_lock_a_login_out_whether_it_exists_or_not(site: Site, login: str) -> None:
    await site.user("ana")
    for _ in range(ATTEMPTS):
        assert (await site.enter(login, "otra frase")).status_code == 401
    locked = await site.enter(login)
    assert locked.status_code == 429
    assert "Demasiados intentos" in locked.json()["detail"] and int(locked.headers["Retry-After"]) <= 900


async def test_a_success_forgets_the_failures_before_it(site: Site) -> None:
    await site.user("ana")
    for _ in range(2):
        for _ in range(ATTEMPTS - 1):
            await site.enter("ana", "otra frase")
        assert (await site.enter("ana")).status_code == 200


async def test_a_closed_session_is_worth_nothing(site: Site) -> None:
    headers = await site.agent()
    assert (await site.http.delete("/api/session", headers=headers)).status_code == 204
    assert (await site.http.get("/api/me", headers=headers)).status_code == 401


@pytest.mark.parametrize("change", [{"active": False}, {"role": "supervisor"}])
async def test_a_user_who_was_changed_must_log_in_again(site: Site, change: dict[str, object]) -> None:
    headers = await site.agent()
    async with site.database.transaction() as connection:
        await connection.execute(update(users).values(**change))
    assert (await site.http.get("/api/me", headers=headers)).status_code == 401


async def test_an_expired_session_is_refused(site: Site) -> None:
    headers = await site.agent()
    async with site.database.transaction() as connection:
        await connection.execute(update(tokens).values(expires_us=now_us()))
    assert (await site.http.get("/api/me", headers=headers)).status_code == 401


async def test_a_new_password_ends_the_sessions(site: Site) -> None:
    headers = await site.agent()
    await change_password(site.database, site.passwords, "1001", "otra frase larga", by="jefa", now_us=now_us())
    assert (await site.http.get("/api/me", headers=headers)).status_code == 401
    assert (await site.enter("1001", "otra frase larga")).status_code == 200


async def test_log_ins_are_in_the_audit_log_without_the_password(site: Site) -> None:
    await site.agent()
    async with site.database.reading() as connection:
        rows = (await connection.execute(select(audit_log))).all()
    assert [row.what for row in rows] == ["user.created", "session.attempt", "session.opened"]
    assert "frase" not in str(rows)


async def test_two_users_cannot_share_a_login_or_an_extension(site: Site) -> None:
    await site.user("ana", extension="1001")
    with pytest.raises(AccountError, match="ya existe"):
        await site.user("ANA")
    with pytest.raises(AccountError, match="El anexo 1001 ya es del usuario ana"):
        await site.user("eva", extension="1001")


async def test_demo_users_are_the_centres_extensions_and_one_of_each_other_role(site: Site, centre: Centre) -> None:
    arguments = (site.database, site.passwords, centre, "clave de {}".format)
    made = await create_demo_users(*arguments, now_us=now_us())
    assert made == (*(agent.extension for agent in centre.agents), "supervisor", "admin")
    assert await create_demo_users(*arguments, now_us=now_us()) == ()
    for role in (Role.SUPERVISOR, Role.ADMIN):
        assert (await site.enter(role.value, f"clave de {role.value}")).json()["role"] == role
