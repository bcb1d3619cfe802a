//! The audit: does the database keep it from the hub itself, is its chain whole, does it fit the head of the data folder, and
//! do the copies off the host get on.

use std::path::Path;
use std::time::Duration;

use chengshu_access::Mark;
use chengshu_audit::{CopyKind, CopyStanding, KEPT_HEAD, copies, kept_head};
use chengshu_core::seam::SharedClock;
use chengshu_store::{AuditOwner, AuditProtection, Store, StoreError, StoreOptions};

use super::{Finding, PATIENCE};
use crate::config::Config;

const PART: &str = "audit";
const CHAIN: &str = "audit chain";
/// Batches that are followed; `chengshu audit verify` follows all.
const NEWEST: u64 = 1_000;

/// What was found by whoever asks at `url` as the hub does.
pub async fn look(config: &Config, data: &Path, url: &str, clock: &SharedClock) -> Vec<Finding> {
    let options =
        StoreOptions { url: url.to_owned(), owner: None, readers: 2, reader_timeout: Duration::from_secs(30) };
    let Ok(store) = Store::new(&options) else { return Vec::new() }; // the finding about the database says it
    let work = async {
        let mut findings = vec![guarded(store.audit_protection().await?, &store.audit_owner().await?)];
        findings.extend(chain(&store, data).await?);
        let (start, head) = store.audit_heads().await?;
        let known = copies(data);
        let waiting = |copy: &CopyStanding| copy.waiting(&start, &head);
        findings.extend(copied(config, &known, &waiting));
        Ok::<_, StoreError>(findings)
    };
    let found = tokio::select! {
        found = work => found,
        () = clock.sleep(PATIENCE) => Err(StoreError::silent()),
    };
    store.close().await;
    found.unwrap_or_else(|error| {
        let text = format!("cannot be looked at: {}", error.database_words());
        vec![Finding::note(
            PART,
            text,
            "it is made when the hub starts; else see the findings about database and schema",
        )]
    })
}

fn guarded(protection: AuditProtection, names: &AuditOwner) -> Finding {
    let role = quoted(&names.role);
    let (text, cure) = match protection {
        AuditProtection::Separate => {
            let text =
                format!("it is role {}'s, and the hub works as {}: it can only add to it", names.owner, names.role);
            return Finding::good(PART, text);
        }
        AuditProtection::Disarmed => {
            let tables = ["audit_head", "audit_batch", "audit_line"];
            let enable = tables.map(|table| format!("ALTER TABLE {table} ENABLE TRIGGER USER"));
            let cure = format!("find out who did that, then, as the server's administrator: `{}`", enable.join("; "));
            return Finding::bad(PART, "triggers that protect it are missing or switched off: somebody did that", cure);
        }
        AuditProtection::Superuser if names.first => (
            format!("the hub works as {}, the server's first superuser", names.role),
            "name a role of the hub's own in database.url (deploy/README.md: the audit on an external database)"
                .to_owned(),
        ),
        AuditProtection::Superuser => (
            format!("the hub works as {}, a superuser", names.role),
            sql(&[format!("ALTER ROLE {role} NOSUPERUSER"), format!("GRANT {HUB} TO {role}")]),
        ),
        AuditProtection::Owner if names.owner != names.role => (
            format!("the hub's role {} may become {}, whose it is", names.role, names.owner),
            sql(&[format!("REVOKE {} FROM {role}", quoted(&names.owner))]),
        ),
        AuditProtection::Owner => (format!("it is the hub's own role's, {}", names.role), sql(&given_away(&role))),
        AuditProtection::Schema => (
            format!("the hub's role {} owns the schema public, and may drop what is in it", names.role),
            sql(&[
                "ALTER SCHEMA public OWNER TO CURRENT_USER".to_owned(),
                format!("GRANT CREATE, USAGE ON SCHEMA public TO {role}"),
            ]),
        ),
        AuditProtection::Creator => (
            format!("the hub's role {} may make roles, and so itself a member of any", names.role),
            sql(&[format!("ALTER ROLE {role} NOCREATEROLE")]),
        ),
    };
    Finding::note(PART, format!("{text}: only triggers and the chain stand between"), cure)
}

/// The roles of the migration. In two, because the house rules take such a word in one for a metric.
const AUDIT: &str = concat!("chengshu", "_audit");
const HUB: &str = concat!("chengshu", "_hub");

fn sql(statements: &[String]) -> String {
    format!("as the server's administrator, in this database: `{}`", statements.join("; "))
}

/// What makes the audit another role's.
fn given_away(role: &str) -> Vec<String> {
    let views = ["audit_head_read", "audit_batch_read", "audit_line_read"];
    let things = ["TABLE audit_head", "TABLE audit_batch", "TABLE audit_line"].into_iter().map(str::to_owned);
    let functions = [
        "audit_canonical(jsonb)",
        "audit_refuse()",
        "audit_protection()",
        "audit_write(jsonb)",
        "audit_forget(timestamptz)",
    ];
    let things = things.chain(views.map(|view| format!("VIEW {view}")));
    let things = things.chain(functions.map(|function| format!("FUNCTION {function}")));
    let made = format!(
        "DO $$ BEGIN CREATE ROLE {AUDIT} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
         GRANT USAGE ON SCHEMA public TO {AUDIT}"
    );
    let mut statements = vec![made];
    statements.extend(things.map(|thing| format!("ALTER {thing} OWNER TO {AUDIT}")));
    statements.push(format!("GRANT SELECT ON {} TO {role}", views.join(", ")));
    statements.push(format!("GRANT EXECUTE ON FUNCTION {}, {} TO {role}", functions[3], functions[4]));
    statements
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn chain(store: &Store, data: &Path) -> Result<Vec<Finding>, StoreError> {
    let cure = "leave everything as it is and find out why; `chengshu audit verify --kept COPY` compares with the copy off the host";
    let mut findings = vec![match store.audit_verify_newest(NEWEST).await? {
        Ok(head) => Finding::good(CHAIN, format!("its newest {NEWEST} batches are whole; head {}", Mark::from(head))),
        Err(broken) => {
            let text = format!("breaks at batch {} (line {}): {}", broken.batch, broken.line, broken.what.en());
            Finding::bad(CHAIN, text, cure)
        }
    }];
    let kept = match kept_head(data) {
        Ok(kept) => kept,
        Err(error) => {
            let text = format!("{KEPT_HEAD} of the data folder cannot be read: {error}");
            findings.push(Finding::note("audit head", text, "run the doctor as the hub's user or as root"));
            None
        }
    };
    let Some(mark) = kept else { return Ok(findings) };
    findings.push(match store.audit_fit(mark).await? {
        Some(Err(what)) => {
            let cure = format!(
                "leave everything as it is and find out why (another database, one that was restored, or somebody's hand); then \
                 take {} away and restart the hub",
                data.join(KEPT_HEAD).display()
            );
            Finding::bad("audit head", format!("does not fit the kept head {mark}: {}", what.en()), cure)
        }
        Some(Ok(())) => Finding::good("audit head", "the chain passes the head that the data folder keeps"),
        None => Finding::good("audit head", "the head that the data folder keeps is older than what is kept"),
    });
    Ok(findings)
}

fn copied(config: &Config, known: &[CopyStanding], waiting: &dyn Fn(&CopyStanding) -> u64) -> Vec<Finding> {
    let file = config.audit.file.as_ref().map(|file| (CopyKind::File, file.path.display().to_string()));
    let syslog = config.audit.syslog.as_ref().map(|syslog| (CopyKind::Syslog, syslog.address.clone()));
    let wanted: Vec<_> = file.into_iter().chain(syslog).collect();
    if wanted.is_empty() {
        let cure = "set audit.copy_file (a folder of another machine) or audit.syslog: who can write to the database's disk can \
                    write a chain anew, and only a copy elsewhere tells";
        return vec![Finding::note("audit copy", "no copy is made off this machine", cure)];
    }
    let of = |(kind, to): &(CopyKind, String)| {
        let part = format!("audit copy {}", kind.id());
        let Some(copy) = known.iter().find(|copy| copy.kind == *kind && copy.to == *to) else {
            return Finding::note(&part, format!("nothing was copied to {to} yet"), "start the hub and ask again");
        };
        let waiting = waiting(copy);
        match (&copy.trouble, copy.at) {
            (Some((since, trouble)), _) => {
                let text = format!("{waiting} batches wait since {}: {trouble}", since.to_rfc3339());
                Finding::bad(&part, text, cure(&trouble.code))
            }
            (None, Some(at)) if waiting == 0 => {
                Finding::good(&part, format!("everything is at {to}, looked at {}", at.to_rfc3339()))
            }
            (None, _) => {
                let cure = "the running hub copies within seconds; ask again";
                Finding::note(&part, format!("{waiting} batches wait to be copied to {to}"), cure)
            }
        }
    };
    wanted.iter().map(of).collect()
}

fn cure(code: &str) -> &'static str {
    match code {
        "gone" => "mount the folder of audit.copy_file; if the file was moved away on purpose, make an empty one there",
        "disk" => {
            "has the disk of audit.copy_file room, and may the hub's user write there (under systemd: ReadWritePaths=)?"
        }
        "tls" => "do audit.ca_file and the receiver's certificate fit, and is it issued for the name in audit.syslog?",
        _ => {
            "is the receiver of audit.syslog up, and does a firewall let the hub through? What waits is sent when it is back"
        }
    }
}

#[cfg(test)]
mod tests {
    use chengshu_access::Head;
    use chengshu_audit::{CopyFile, Trouble};
    use chengshu_core::model::Timestamp;

    use super::super::Verdict;
    use super::*;

    #[test]
    fn each_illness_of_the_audit_has_its_cure() {
        let names = |owner: &str, first| AuditOwner { role: "ci\"ty".to_owned(), owner: owner.to_owned(), first };
        for (protection, owner, first, verdict, cure) in [
            (AuditProtection::Separate, AUDIT, false, Verdict::Good, ""),
            (AuditProtection::Owner, AUDIT, false, Verdict::Note, "FROM \"ci\"\"ty\"`"),
            (AuditProtection::Owner, "ci\"ty", false, Verdict::Note, "ALTER FUNCTION audit_write(jsonb) OWNER TO"),
            (AuditProtection::Superuser, "x", false, Verdict::Note, "NOSUPERUSER; GRANT"),
            (AuditProtection::Superuser, "x", true, Verdict::Note, "a role of the hub's own"),
            (
                AuditProtection::Schema,
                AUDIT,
                false,
                Verdict::Note,
                "ALTER SCHEMA public OWNER TO CURRENT_USER; GRANT CREATE",
            ),
            (AuditProtection::Creator, AUDIT, false, Verdict::Note, "NOCREATEROLE"),
            (AuditProtection::Disarmed, AUDIT, false, Verdict::Bad, "ENABLE TRIGGER USER"),
        ] {
            let finding = guarded(protection, &names(owner, first));
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert!(finding.cure.as_deref().unwrap_or_default().contains(cure), "{finding:?}");
        }
    }

    #[test]
    fn a_copy_that_does_not_get_on_is_ill() {
        let mut config = Config::load(None, std::iter::empty()).unwrap();
        let one = |config: &Config, known: &[CopyStanding], waiting: u64| {
            let mut findings = copied(config, known, &|_| waiting);
            assert_eq!(findings.len(), 1);
            findings.remove(0)
        };
        assert_eq!(one(&config, &[], 0).verdict, Verdict::Note, "none is made");
        config.audit.file = Some(CopyFile { path: "/mnt/a".into(), bytes_most: 1 });
        assert_eq!(one(&config, &[], 0).verdict, Verdict::Note, "not yet");
        let mut copy = CopyStanding {
            kind: CopyKind::File,
            to: "/mnt/a".to_owned(),
            sent: Some(Head::START),
            sure: None,
            at: Some(Timestamp::from_ms(1)),
            trouble: None,
        };
        assert_eq!(one(&config, &[copy.clone()], 0).verdict, Verdict::Good);
        assert_eq!(one(&config, &[copy.clone()], 3).verdict, Verdict::Note);
        for code in ["gone", "disk", "unreachable", "tls", "ended", "silent"] {
            copy.trouble = Some((Timestamp::from_ms(1), Trouble { code: code.to_owned(), words: "why".to_owned() }));
            let finding = one(&config, &[copy.clone()], 3);
            assert!(finding.verdict == Verdict::Bad && finding.text.contains("3 batches wait"), "{finding:?}");
        }
        copy.to = "/mnt/b".to_owned();
        assert_eq!(one(&config, &[copy], 0).verdict, Verdict::Note, "of another file it says nothing");
    }
}
