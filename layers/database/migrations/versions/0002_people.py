"""People: accounts, what opens them, sessions; rate limits; the outbox.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

from layers.database.policies import APP, EVERYBODY, IS_ROBOT, hand_to_reader, is_one_of, protect
from layers.viewer import Role

revision = "0002"
down_revision: str | None = "0001"

IS_ADMIN = is_one_of({Role.ADMIN, Role.ROBOT})
MINE = "account_id = bezpeka_account()"
MINE_OR_ADMIN = f"({MINE} OR {IS_ADMIN})"

TABLES = """
CREATE TABLE accounts (
    id uuid NOT NULL CONSTRAINT pk_accounts PRIMARY KEY,
    email text CONSTRAINT uq_accounts_email UNIQUE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT ck_accounts_role CHECK (role IN (
        'admin', 'coordinator', 'deputy', 'executor', 'officer', 'operator', 'police_lead', 'starosta')),
    units text[] NOT NULL DEFAULT '{}',
    made_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    erased_at timestamptz,
    version int NOT NULL DEFAULT 1,
    CONSTRAINT ck_accounts_tombstone_is_empty CHECK ((erased_at IS NULL) = (email IS NOT NULL))
);
CREATE TABLE account_keys (
    account_id uuid NOT NULL CONSTRAINT pk_account_keys PRIMARY KEY
        CONSTRAINT fk_account_keys_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    password_hash text NOT NULL,
    totp_secret bytea NOT NULL,
    totp_step bigint NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL CONSTRAINT fk_recovery_codes_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (account_id, code_hash)
);
CREATE TABLE account_links (
    id uuid NOT NULL CONSTRAINT pk_account_links PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT fk_account_links_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT uq_account_links_token_hash UNIQUE,
    ends_at timestamptz NOT NULL
);
CREATE TABLE sessions (
    token_hash bytea NOT NULL CONSTRAINT pk_sessions PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT fk_sessions_account_id REFERENCES accounts (id) ON DELETE CASCADE,
    made_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX ON sessions (account_id);

-- Not worth the write-ahead log: after a crash everybody begins at zero.
CREATE UNLOGGED TABLE rate_limits (
    key text NOT NULL CONSTRAINT pk_rate_limits PRIMARY KEY,
    count int NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE TABLE outbox (
    id uuid NOT NULL CONSTRAINT pk_outbox PRIMARY KEY,
    recipient text,
    subject text,
    body text,
    html text,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'sent', 'failed')),
    tries int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    made_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT ck_outbox_tombstone_is_empty CHECK (
        CASE state WHEN 'waiting' THEN recipient IS NOT NULL AND subject IS NOT NULL AND body IS NOT NULL
        ELSE recipient IS NULL AND subject IS NULL AND body IS NULL AND html IS NULL END)
);
CREATE INDEX ON outbox (next_try_at) WHERE state = 'waiting';
"""

# How somebody who is nobody yet comes in: three narrow questions, each answered for one e-mail, link or session whose
# secret the asker already holds.
DOOR = """
CREATE FUNCTION account_for_sign_in(address text)
RETURNS TABLE (id uuid, role text, units text[], password_hash text, totp_secret bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.role, a.units, k.password_hash, k.totp_secret
    FROM accounts a JOIN account_keys k ON k.account_id = a.id
    WHERE a.email = address AND a.disabled_at IS NULL
$$;
CREATE FUNCTION account_for_link(hash bytea, moment timestamptz)
RETURNS TABLE (id uuid, role text, units text[], email text, name text, link_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.role, a.units, a.email, a.name, l.id
    FROM account_links l JOIN accounts a ON a.id = l.account_id
    WHERE l.token_hash = hash AND l.ends_at > moment AND a.disabled_at IS NULL
$$;
CREATE FUNCTION viewer_for_session(hash bytea, moment timestamptz, idle interval)
RETURNS TABLE (id uuid, role text, units text[], seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.role, a.units, s.seen_at
    FROM sessions s JOIN accounts a ON a.id = s.account_id
    WHERE s.token_hash = hash AND s.ends_at > moment AND s.seen_at > moment - idle AND a.disabled_at IS NULL
$$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(DOOR)
    for function in (
        "account_for_sign_in(text)",
        "account_for_link(bytea, timestamptz)",
        "viewer_for_session(bytea, timestamptz, interval)",
    ):
        hand_to_reader(op.execute, function)
    protect(op.execute, "accounts", read=f"(id = bezpeka_account() OR {IS_ADMIN})", insert=IS_ADMIN, update=IS_ADMIN)
    # Only whoever was let in by the old key or by a link sets a key; an administrator can only take it away.
    protect(op.execute, "account_keys", read=MINE_OR_ADMIN, insert=MINE, update=MINE, delete=MINE_OR_ADMIN)
    op.execute(f"REVOKE SELECT ON account_keys FROM {APP}")  # noqa: S608 (constants)
    op.execute(f"GRANT SELECT (account_id, totp_step, set_at) ON account_keys TO {APP}")
    protect(op.execute, "recovery_codes", read=MINE_OR_ADMIN, insert=MINE, delete=MINE_OR_ADMIN)
    protect(op.execute, "account_links", read=MINE_OR_ADMIN, insert=IS_ADMIN, delete=MINE_OR_ADMIN)
    protect(op.execute, "sessions", read=MINE_OR_ADMIN, insert=MINE, update=MINE, delete=MINE_OR_ADMIN)
    protect(op.execute, "rate_limits", read=EVERYBODY, insert=EVERYBODY, update=EVERYBODY, delete=EVERYBODY)
    protect(op.execute, "outbox", read=IS_ROBOT, insert=EVERYBODY, update=IS_ROBOT, delete=IS_ROBOT)
