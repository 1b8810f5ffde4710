-- `symbol` is a name in the one symbology; `aliases` are the words by which files mean this category (as folded for
-- search); `harm` is a weight for later comparisons, null until somebody sets it.
CREATE TABLE categories (
    code text NOT NULL CONSTRAINT pk_categories PRIMARY KEY
        CONSTRAINT ck_categories_code CHECK (code ~ '^[a-z][a-z0-9_]*$'),
    title_uk text NOT NULL,
    title_en text NOT NULL,
    symbol text NOT NULL,
    family text NOT NULL,
    harm double precision,
    aliases text[] NOT NULL DEFAULT '{}',
    position int NOT NULL DEFAULT 0
);
