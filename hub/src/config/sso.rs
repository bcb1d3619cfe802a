//! Single sign-on: `[[sso]]`, any number of providers that speak OpenID Connect. Secrets and authorities are read from files
//! here, so that a missing one is told with all other mistakes.

use std::net::IpAddr;

use chengshu_access::{ClaimGrant, Extent, Grant, Part, Role, Roles, Scope, SecondFactor, SsoRules};
use chengshu_core::model::{AddressGuard, Label};
use chengshu_sso::SsoSettings;
use toml::{Table, Value};
use url::{Host, Url};

use super::brokers::file;
use super::reader;
use super::reader::{Reader, Section};

/// What the example file shows, and nobody may run with.
const SAMPLE: &str = "change-me";
const ISSUER: &str = "https://id.example/realms/gov";

/// True for an address on this machine.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(four)) => four.is_loopback(),
        Some(Host::Ipv6(six)) => six.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Where browsers reach the hub: https, http on this machine alone, and no path.
pub(super) fn public_url(hub: &mut Section<'_>) -> Option<String> {
    let example = "https://hub.example";
    let text = hub.url("public_url", &["https", "http"], example)?;
    let url = Url::parse(&text).ok()?;
    let whole = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !whole || (url.scheme() == "http" && !is_near(&url)) {
        let expected = "https:// with a host and perhaps a port, nothing behind it; http:// for this machine only";
        hub.mistake("public_url", &format!("{text:?}"), expected, &format!("public_url = \"{example}\""));
    }
    Some(url.origin().ascii_serialization())
}

pub(super) fn read(reader: &mut Reader, public_url: Option<&str>) -> Vec<SsoSettings> {
    let tables = reader.list("sso");
    if !tables.is_empty() && public_url.is_none() {
        let expected = "where browsers reach the hub: providers of single sign-on send them back there";
        reader.wrong("hub.public_url", "nothing", expected, "public_url = \"https://hub.example\"");
    }
    let mut providers: Vec<SsoSettings> = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        let mut section = reader.item("sso", number, table);
        let provider = one(&mut section);
        for (key, read, taken) in [
            ("id", &provider.id, providers.iter().any(|other| other.id == provider.id)),
            ("issuer", &provider.issuer, providers.iter().any(|other| other.issuer == provider.issuer)),
        ] {
            if taken {
                section.mistake(key, &format!("{read:?}"), "one that no other provider has", "");
            }
        }
        section.end();
        providers.push(provider);
    }
    providers
}

fn one(section: &mut Section<'_>) -> SsoSettings {
    let id = section.text("id", "gov");
    if !(1..=40).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        section.mistake("id", &format!("{id:?}"), "1 to 40 of a-z 0-9 -", "id = \"gov\"");
    }
    let name =
        Label { zh: section.text("name_zh", "统一身份认证"), en: section.text("name_en", "Single sign-on") };
    let guard = AddressGuard::new(section.nets("allow_networks", "allow_networks = [\"10.0.0.0/8\"]"));
    let issuer = issuer(section, &guard);
    let client_id = section.optional("client_id").filter(|text| !text.is_empty()).unwrap_or_else(|| {
        section.mistake("client_id", "nothing", "the hub's name at the provider", "client_id = \"chengshu\"");
        String::new()
    });
    SsoSettings {
        id,
        name,
        issuer,
        client_id,
        client_secret: secret(section),
        scopes: some_or(section.texts("scopes", "scopes = [\"profile\"]"), &["profile"]),
        rules: rules(section),
        guard,
        ca: file(section, "ca_file"),
        end_session: section.flag("end_session", false),
    }
}

fn some_or(read: Vec<String>, default: &[&str]) -> Vec<String> {
    if read.is_empty() { default.iter().map(|&word| word.to_owned()).collect() } else { read }
}

fn issuer(section: &mut Section<'_>, guard: &AddressGuard) -> String {
    let mend = format!("issuer = \"{ISSUER}\"");
    let Some(text) = section.url("issuer", &["https", "http"], ISSUER) else {
        section.mistake("issuer", "nothing that can be used", "the provider's own name of itself", &mend);
        return String::new();
    };
    let Ok(url) = Url::parse(&text) else { return text };
    if url.query().is_some() || url.fragment().is_some() || (url.scheme() == "http" && !is_near(&url)) {
        let expected = "an address with https and without ? and #; http for a provider on this machine only";
        section.mistake("issuer", &format!("{text:?}"), expected, &mend);
    }
    let address = match url.host() {
        Some(Host::Ipv4(four)) => Some(IpAddr::V4(four)),
        Some(Host::Ipv6(six)) => Some(IpAddr::V6(six)),
        _ => None,
    };
    if let Some(address) = address.filter(|address| !guard.permits(*address)) {
        let expected = "a network that holds the issuer: it is no public address";
        section.mistake("allow_networks", "nothing that does", expected, &format!("allow_networks = [\"{address}\"]"));
    }
    text
}

fn secret(section: &mut Section<'_>) -> Option<String> {
    let from_file = file(section, "client_secret_file").map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    let written = section.optional("client_secret");
    let mend = "client_secret_file = \"/etc/chengshu/sso.secret\"";
    if from_file.is_some() && written.is_some() {
        section.mistake("client_secret", "beside client_secret_file", "one of the two", mend);
    }
    let secret = from_file.or(written)?;
    if secret.is_empty() || secret == SAMPLE {
        let read = if secret.is_empty() { "nothing" } else { "that of the example" };
        section.mistake("client_secret", read, "the secret that the provider has made for the hub", mend);
    }
    Some(secret)
}

fn rules(section: &mut Section<'_>) -> SsoRules {
    let second_factor = match section.one_of("second_factor", &["auto", "always", "never"], "auto").as_str() {
        "always" => SecondFactor::Always,
        "never" => SecondFactor::Never,
        _ => SecondFactor::Auto,
    };
    let mut grants = Vec::new();
    for table in section.tables("grants", EXAMPLE) {
        match grant(&table) {
            Ok(grant) => grants.push(grant),
            Err(expected) => section.mistake("grants", &reader::show(&Value::Table(table)), &expected, EXAMPLE),
        }
    }
    SsoRules {
        account_claim: section.text("account_claim", "preferred_username"),
        creates: section.one_of("accounts", &["link", "create"], "link") == "create",
        second_factor,
        mfa_amr: some_or(section.texts("mfa_amr", "mfa_amr = [\"mfa\"]"), &["mfa"]),
        mfa_acr: section.texts("mfa_acr", "mfa_acr = []"),
        grants,
    }
}

const EXAMPLE: &str =
    "grants = [{ claim = \"groups\", value = \"water-duty\", roles = [\"operator\"], departments = [\"水务局\"] }]";

/// One line of what claims grant, or what would be right.
fn grant(table: &Table) -> Result<ClaimGrant, String> {
    let known = ["claim", "value", "roles", "themes", "departments", "areas"];
    if let Some(unknown) = table.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("only {}; {unknown} is none of them", known.join(", ")));
    }
    let text = |key: &str| {
        let text = table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| format!("a text as {key}"))
    };
    let list = |key: &str| {
        let Some(value) = table.get(key) else { return Ok(None) };
        let words = value.as_array().into_iter().flatten().map(|word| word.as_str().map(str::to_owned));
        let words: Option<Vec<String>> = words.collect();
        words.filter(|words| !words.is_empty()).map(Some).ok_or_else(|| format!("a list of texts as {key}"))
    };
    let part = |key: &str| Ok::<Part, String>(list(key)?.map_or(Part::All, Part::some));
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.id()).collect();
    let roles = list("roles")?.ok_or("a list of roles")?;
    let roles: Option<Vec<Role>> = roles.iter().map(|role| Role::of(role)).collect();
    let roles = roles.ok_or_else(|| format!("roles of {}", all.join(", ")))?;
    let roles = Roles::new(roles).map_err(|conflict| format!("roles that go together: {conflict}"))?;
    let extent = Extent::new(part("themes")?, part("departments")?, part("areas")?, Part::All);
    let everywhere = ["themes", "departments", "areas"].iter().all(|key| !table.contains_key(*key));
    let scope = if everywhere { Scope::All } else { Scope::of([extent]) };
    Ok(ClaimGrant {
        claim: text("claim")?,
        value: text("value")?,
        grant: Grant { roles, scope, from: None, until: None },
    })
}

#[cfg(test)]
mod tests {
    use chengshu_access::{Role, SecondFactor};

    use super::super::Config;

    fn load(text: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("chengshu.toml");
        std::fs::write(dir.path().join("secret"), "s3cret\n").unwrap();
        std::fs::write(&file, text.replace("DIR", &dir.path().display().to_string())).unwrap();
        Config::load(Some(&file), std::iter::empty())
            .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    const HUB: &str = "[hub]\npublic_url = \"https://hub.example:8443/\"\n";
    const SSO: &str = "[[sso]]\nissuer = \"https://id.example/realms/gov\"\nclient_id = \"chengshu\"\n";

    #[test]
    fn a_provider_is_read_with_its_secret_and_what_its_claims_grant() {
        let text = format!(
            "{HUB}{SSO}client_secret_file = \"DIR/secret\"\nsecond_factor = \"always\"\naccounts = \"create\"\n\
             grants = [{{ claim = \"groups\", value = \"duty\", roles = [\"operator\"], departments = [\"水务局\"] }},\n\
             {{ claim = \"groups\", value = \"boss\", roles = [\"leader\"] }}]\n"
        );
        let config = load(&text).unwrap();
        assert_eq!(config.public_url.as_deref(), Some("https://hub.example:8443"));
        let sso = &config.sso[0];
        assert_eq!((sso.id.as_str(), sso.client_secret.as_deref()), ("gov", Some("s3cret")));
        assert_eq!((sso.rules.second_factor, sso.rules.creates), (SecondFactor::Always, true));
        assert_eq!((&sso.scopes[..], &sso.rules.mfa_amr[..]), (&["profile".to_owned()][..], &["mfa".to_owned()][..]));
        let granted: Vec<bool> =
            sso.rules.grants.iter().map(|one| one.grant.scope == chengshu_access::Scope::All).collect();
        assert_eq!(granted, [false, true]);
        assert!(sso.rules.grants[0].grant.roles.holds(Role::Operator));
        assert_eq!(config.files.len(), 2, "the secret goes into backups");
        assert!(!format!("{sso:?}").contains("s3cret"));
    }

    #[test]
    fn every_mistake_names_what_would_be_right() {
        for (text, parts) in [
            (SSO.to_owned(), vec!["hub.public_url: read nothing", "public_url = \"https://hub.example\""]),
            ("[hub]\npublic_url = \"http://hub.example\"\n".to_owned(), vec!["hub.public_url", "this machine only"]),
            ("[hub]\npublic_url = \"https://hub.example/sub\"\n".to_owned(), vec!["hub.public_url"]),
            (format!("{HUB}[[sso]]\n"), vec!["sso[0].issuer", "sso[0].client_id", "client_id = \"chengshu\""]),
            (
                format!("{HUB}[[sso]]\nissuer = \"http://id.example\"\nclient_id = \"c\"\n"),
                vec!["sso[0].issuer", "https"],
            ),
            (
                format!("{HUB}[[sso]]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"c\"\n"),
                vec!["sso[0].allow_networks", "allow_networks = [\"127.0.0.1\"]"],
            ),
            (format!("{HUB}{SSO}{SSO}"), vec!["sso[1].id", "sso[1].issuer"]),
            (format!("{HUB}{SSO}client_secret = \"\"\n"), vec!["sso[0].client_secret", "read nothing"]),
            (format!("{HUB}{SSO}client_secret = \"change-me\"\n"), vec!["sso[0].client_secret", "that of the example"]),
            (format!("{HUB}{SSO}client_secret = \"x\"\nclient_secret_file = \"DIR/secret\"\n"), vec!["one of the two"]),
            (format!("{HUB}{SSO}client_secret_file = \"/nowhere\"\n"), vec!["sso[0].client_secret_file"]),
            (format!("{HUB}{SSO}accounts = \"all\"\n"), vec!["sso[0].accounts", "link, create"]),
            (format!("{HUB}{SSO}allow_networks = [\"10.0.0.0/99\"]\n"), vec!["sso[0].allow_networks"]),
            (
                format!("{HUB}{SSO}grants = [{{ claim = \"g\", value = \"v\", roles = [\"root\"] }}]\n"),
                vec!["sso[0].grants", "roles of operator"],
            ),
            (
                format!(
                    "{HUB}{SSO}grants = [{{ claim = \"g\", value = \"v\", roles = [\"system_admin\", \"leader\"] }}]\n"
                ),
                vec!["sso[0].grants", "go together"],
            ),
            (
                format!(
                    "{HUB}{SSO}grants = [{{ claim = \"g\", value = \"v\", roles = [\"leader\"], department = [] }}]\n"
                ),
                vec!["sso[0].grants", "department is none of them"],
            ),
            (format!("{HUB}{SSO}isuer = \"x\"\n"), vec!["sso[0].isuer", "did you mean `issuer`"]),
        ] {
            let all = load(&text).unwrap_err();
            for part in parts {
                assert!(all.contains(part), "{part} is missing in:\n{all}");
            }
        }
    }
}
