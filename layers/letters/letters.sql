-- The letters journal. A letter's state follows from its dates, so that the two can't contradict each other.
CREATE TABLE letters (
    id uuid NOT NULL CONSTRAINT pk_letters PRIMARY KEY,
    series uuid,                                 -- null: the initiative's own numbers; a deputy's account: theirs
    year int NOT NULL,
    number int NOT NULL,                         -- «Вих. №», without gaps within a series and year
    kind text NOT NULL CONSTRAINT ck_letters_kind CHECK (kind IN ('letter', 'appeal', 'deputy')),
    language text NOT NULL CONSTRAINT ck_letters_language CHECK (language IN ('uk', 'en')),
    institution_id uuid NOT NULL CONSTRAINT fk_letters_institution_id REFERENCES institutions (id),
    made_on date NOT NULL,
    subject text NOT NULL CONSTRAINT ck_letters_subject CHECK (subject <> ''),
    body text NOT NULL DEFAULT '',               -- before the list of reports
    request text NOT NULL DEFAULT '',            -- after it
    signatory text NOT NULL DEFAULT '',
    signatory_position text NOT NULL DEFAULT '',
    author uuid DEFAULT bezpeka_account(),
    sent_on date,
    answer_days int NOT NULL CONSTRAINT ck_letters_answer_days CHECK (answer_days BETWEEN 1 AND 365),
    term text NOT NULL DEFAULT '',               -- of an appeal: simple, month, extended; of a deputy's: ten, month
    incoming_number text NOT NULL DEFAULT '',    -- «Вх. №» at the addressee
    registered_on date,                          -- «Дата реєстрації» there: deadlines run from it, and only from it
    executor text NOT NULL DEFAULT '',
    extended_on date,                            -- the day of their notice that they need more time
    due_on date,                                 -- «Контрольна дата»: null before they registered it
    answered_on date,
    outcome text NOT NULL DEFAULT '',
    answer text NOT NULL DEFAULT '',             -- what they answered, in short
    scan_id uuid CONSTRAINT fk_letters_scan_id REFERENCES files (id) ON DELETE SET NULL,
    cancelled_on date,                           -- its number stays taken
    state text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN cancelled_on IS NOT NULL THEN 'cancelled' WHEN answered_on IS NOT NULL THEN 'answered'
             WHEN registered_on IS NOT NULL THEN 'registered' WHEN sent_on IS NOT NULL THEN 'sent'
             ELSE 'prepared' END) STORED,
    made_at timestamptz NOT NULL DEFAULT now(),
    version int NOT NULL DEFAULT 1,
    CONSTRAINT uq_letters_series_year_number UNIQUE NULLS NOT DISTINCT (series, year, number),
    CONSTRAINT ck_letters_series CHECK ((kind = 'deputy' AND series IS NOT DISTINCT FROM author) OR series IS NULL),
    CONSTRAINT ck_letters_due CHECK (due_on IS NULL OR registered_on IS NOT NULL)
);
CREATE INDEX ix_letters_made_on ON letters (made_on DESC, number DESC);
CREATE INDEX ix_letters_institution_id ON letters (institution_id);

-- The last number given. The row is locked until whoever takes the next one commits: no gap, and none twice.
CREATE TABLE letter_numbers (
    series text NOT NULL,                        -- '' for the initiative, or the account
    year int NOT NULL,
    last int NOT NULL,
    CONSTRAINT pk_letter_numbers PRIMARY KEY (series, year)
);

-- What a letter is about, as it was when it was written: paper doesn't change when a report does. By public ids, because
-- that is all that deputies know.
CREATE TABLE letter_problems (
    letter_id uuid NOT NULL CONSTRAINT fk_letter_problems_letter_id REFERENCES letters (id) ON DELETE CASCADE,
    public_id uuid NOT NULL CONSTRAINT fk_letter_problems_public_id REFERENCES problems (public_id) ON DELETE CASCADE,
    position int NOT NULL,
    category text NOT NULL,
    month date NOT NULL,
    day date,                                    -- null where only the month is public
    place text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    CONSTRAINT pk_letter_problems PRIMARY KEY (letter_id, public_id)
);
CREATE INDEX ix_letter_problems_public_id ON letter_problems (public_id);

-- Of an appeal under the Law on Citizens' Appeals: whose it is, and that they agreed. For the desk alone.
CREATE TABLE letter_appeals (
    letter_id uuid NOT NULL CONSTRAINT pk_letter_appeals PRIMARY KEY
        CONSTRAINT fk_letter_appeals_letter_id REFERENCES letters (id) ON DELETE CASCADE,
    name text,
    residence text,
    contact text,
    substance text,
    received_on date NOT NULL,
    forward_by date NOT NULL,                    -- five days (art. 7)
    consent_how text NOT NULL CONSTRAINT ck_letter_appeals_consent_how
        CHECK (consent_how IN ('written', 'in_person', 'phone')),
    consent_at timestamptz NOT NULL,
    consent_account uuid DEFAULT bezpeka_account(),
    erased_at timestamptz,
    CONSTRAINT ck_letter_appeals_complete
        CHECK (erased_at IS NOT NULL OR (name IS NOT NULL AND residence IS NOT NULL AND substance IS NOT NULL))
);

-- The coordinator's own templates; the shipped one serves where there is none. `institution_kind` null: for any.
CREATE TABLE letter_templates (
    id uuid NOT NULL CONSTRAINT pk_letter_templates PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_letter_templates_kind CHECK (kind IN ('letter', 'appeal', 'deputy')),
    institution_kind text,
    language text NOT NULL CONSTRAINT ck_letter_templates_language CHECK (language IN ('uk', 'en')),
    name text NOT NULL,
    content bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uq_letter_templates_for UNIQUE NULLS NOT DISTINCT (kind, institution_kind, language)
);

-- A report that was removed or whose time is over leaves the letters too; that there was one stays.
CREATE FUNCTION empty_letters_about() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] := see_as_robot();
BEGIN
    UPDATE letter_problems SET place = '', words = '', day = NULL WHERE public_id = NEW.public_id;
    PERFORM see_as_before(before);
    RETURN NULL;
END $$;
CREATE TRIGGER empty_letters AFTER UPDATE OF anonymised_at ON problems FOR EACH ROW
    WHEN (NEW.anonymised_at IS NOT NULL AND OLD.anonymised_at IS NULL) EXECUTE FUNCTION empty_letters_about();
