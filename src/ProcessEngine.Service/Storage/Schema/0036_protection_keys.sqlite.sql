-- What seals cookies, forms and second factors: the keys of the installation, shared by all its nodes. xml: as ASP.NET Core's data protection writes them,
-- readable, or encrypted for the certificate of the settings.
CREATE TABLE protection_key (
    name text PRIMARY KEY,
    xml text NOT NULL,
    created_at text NOT NULL
) WITHOUT ROWID;
