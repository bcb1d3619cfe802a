//! What a provider of single sign-on says of somebody, and what follows: which account, which roles, whether the hub's own
//! second factor is still asked for. Believes what it is handed; that it is true was proved before.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::grant::Grant;

/// What follows from the claims of a provider (单点登录规则).
#[derive(Debug, Clone, Default)]
pub struct SsoRules {
    /// The claim that names the account, e.g. `preferred_username`.
    pub account_claim: String,
    /// Somebody without an account gets one, without any right of its own.
    pub creates: bool,
    /// Whether the hub asks for its own second factor.
    pub second_factor: SecondFactor,
    /// Any of these in `amr` shows a second factor.
    pub mfa_amr: Vec<String>,
    /// Any of these as `acr` shows a second factor.
    pub mfa_acr: Vec<String>,
    /// What is granted for what is claimed.
    pub grants: Vec<ClaimGrant>,
}

/// Whether the hub asks for its own second factor after the provider's sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecondFactor {
    /// Unless the provider shows one.
    #[default]
    Auto,
    /// Whatever the provider shows.
    Always,
    /// Never: the provider is trusted with it.
    Never,
}

/// Whoever has this value in this claim is granted this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimGrant {
    /// The claim; `realm_access.roles` looks within another.
    pub claim: String,
    /// A text, or one of a list of texts.
    pub value: String,
    /// What follows.
    pub grant: Grant,
}

/// Somebody for whom a provider vouches. No Debug: it holds a name.
#[derive(Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The provider's own name of itself.
    pub issuer: String,
    /// Who it is there, for ever: what an account is linked by.
    pub subject: String,
    /// What the account is called there.
    pub account: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// No second factor of the hub's own is needed.
    pub proven: bool,
    /// Without an account, one is made.
    pub creates: bool,
    /// What is granted by the claims; none: claims grant nothing here, and take nothing away.
    pub grants: Option<Vec<Grant>>,
}

impl SsoRules {
    /// The claims that are looked at, besides those of a token itself.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        let account = (!self.account_claim.is_empty()).then_some(self.account_claim.as_str());
        account.into_iter().chain(self.grants.iter().map(|grant| grant.claim.as_str()))
    }

    /// True when a claim that is looked at is not among these: whoever has them asks the provider for more.
    #[must_use]
    pub fn misses(&self, claims: &Map<String, Value>) -> bool {
        self.claims().any(|name| find(claims, name).is_none()) || (self.creates && !claims.contains_key("name"))
    }

    /// What follows from these claims.
    #[must_use]
    pub fn judge(&self, issuer: &str, subject: &str, claims: &Map<String, Value>) -> Vouched {
        let shown = texts(claims, "amr").any(|amr| self.mfa_amr.iter().any(|known| *known == amr))
            || texts(claims, "acr").any(|acr| self.mfa_acr.iter().any(|known| *known == acr));
        let mut granted: Vec<Grant> = Vec::new();
        for one in &self.grants {
            let held = texts(claims, &one.claim).any(|value| value == one.value);
            if held && !granted.contains(&one.grant) {
                granted.push(one.grant.clone());
            }
        }
        Vouched {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            account: texts(claims, &self.account_claim).next().map(Cow::into_owned),
            name: texts(claims, "name").next().map(Cow::into_owned),
            proven: match self.second_factor {
                SecondFactor::Auto => shown,
                SecondFactor::Always => false,
                SecondFactor::Never => true,
            },
            creates: self.creates,
            grants: (!self.grants.is_empty()).then_some(granted),
        }
    }
}

/// The texts of a claim: one, those of a list, or none.
fn texts<'a>(claims: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
    let list = match find(claims, name) {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter().filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(Cow::Borrowed)
}

/// A claim by its name, else by its path.
fn find<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        find(claims.get(first)?.as_object()?, rest)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::role::Role;

    fn rules() -> SsoRules {
        let grant =
            |claim: &str, value: &str, role| ClaimGrant { claim: claim.into(), value: value.into(), grant: role };
        SsoRules {
            account_claim: "preferred_username".into(),
            mfa_amr: vec!["mfa".into()],
            mfa_acr: vec!["urn:high".into()],
            grants: vec![
                grant("groups", "duty", Role::Operator.into()),
                grant("realm_access.roles", "duty", Role::Operator.into()),
                grant("groups", "boss", Role::Leader.into()),
            ],
            ..SsoRules::default()
        }
    }

    fn judge(rules: &SsoRules, claims: Value) -> Vouched {
        rules.judge("https://id.example", "42", claims.as_object().unwrap())
    }

    #[test]
    fn grants_follow_from_declared_claims_alone() {
        let rules = rules();
        for (claims, roles) in [
            (json!({}), &[][..]),
            (json!({ "groups": "duty" }), &[Role::Operator]),
            (json!({ "groups": ["boss", "duty", "duty"] }), &[Role::Operator, Role::Leader]),
            (json!({ "groups": ["duty"], "realm_access": { "roles": ["duty"] } }), &[Role::Operator]),
            (json!({ "groups": ["system_admin", "Duty", "duty2", 7, null] }), &[]),
            (json!({ "groups": { "duty": true }, "realm_access": "duty" }), &[]),
            (json!({ "realm_access.roles": "duty" }), &[Role::Operator]),
        ] {
            let expected: Vec<Grant> = roles.iter().map(|role| Grant::from(*role)).collect();
            assert_eq!(judge(&rules, claims.clone()).grants, Some(expected), "{claims}");
        }
        let none = SsoRules { grants: Vec::new(), ..rules };
        assert_eq!(judge(&none, json!({ "groups": "duty" })).grants, None, "nothing is declared, nothing is touched");
    }

    #[test]
    fn a_second_factor_counts_when_the_provider_shows_it() {
        for (second_factor, claims, proven) in [
            (SecondFactor::Auto, json!({}), false),
            (SecondFactor::Auto, json!({ "amr": ["pwd"] }), false),
            (SecondFactor::Auto, json!({ "amr": ["pwd", "mfa"] }), true),
            (SecondFactor::Auto, json!({ "acr": "urn:high" }), true),
            (SecondFactor::Auto, json!({ "acr": "mfa", "amr": ["urn:high"] }), false),
            (SecondFactor::Always, json!({ "amr": ["mfa"], "acr": "urn:high" }), false),
            (SecondFactor::Never, json!({}), true),
        ] {
            let rules = SsoRules { second_factor, ..rules() };
            assert_eq!(judge(&rules, claims.clone()).proven, proven, "{second_factor:?} {claims}");
        }
    }

    #[test]
    fn the_account_is_named_by_its_claim() {
        let rules = rules();
        let vouched = judge(&rules, json!({ "preferred_username": " wang ", "name": "王一" }));
        assert_eq!((vouched.account.as_deref(), vouched.name.as_deref()), (Some("wang"), Some("王一")));
        assert_eq!(judge(&rules, json!({ "preferred_username": 7, "name": "" })).account, None);
        let claims = json!({ "preferred_username": "wang", "groups": [], "realm_access": { "roles": [] } });
        assert!(!rules.misses(claims.as_object().unwrap()));
        let creates = SsoRules { creates: true, ..rules };
        assert!(creates.misses(claims.as_object().unwrap()), "a new account has a name");
    }
}
