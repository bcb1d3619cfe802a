//! `chengshu broker-files`: writes password and ACL file for an external mosquitto, out of the running hub. Changes nothing
//! there: who runs that broker lays them in place and has it read them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chengshu_broker::{Fixed, PasswordHash};
use chengshu_seal::random;
use clap::Args;

use crate::client::{Client, key};
use crate::config::{BrokerConfig, Config};
use crate::foreign;
use crate::managed::secret;

/// Where to, and for which broker.
#[derive(Args, Debug)]
pub struct BrokerFiles {
    /// The folder for the two files, `passwords` and `rights`; both readable by their owner alone.
    #[arg(long)]
    out: PathBuf,
    /// The [[broker]] that they are for: the hub's own user of it is among them. Default: the only one.
    #[arg(long)]
    broker: Option<String>,
    /// The configuration of the running hub.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Its data folder, if neither the configuration nor the usual places name it.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Fetches, writes, and says what to do with them.
pub fn write(config: &Config, order: &BrokerFiles) -> anyhow::Result<String> {
    let hub = Client::new(config, Some(key(config, order.data.as_ref())?), None);
    let files = hub.get("/api/v1/broker/mosquitto")?;
    let text = |name: &str| files[name].as_str().with_context(|| format!("the hub refuses: {files}"));
    let (passwords, rights) = (text("passwords")?, text("rights")?);
    let own = broker(config, order.broker.as_deref())?.map(|broker| own(config, broker)).transpose()?.flatten();
    let (own_password, own_rights) = own.as_ref().map(|own| (own.password(), own.rights())).unwrap_or_default();
    std::fs::create_dir_all(&order.out).with_context(|| format!("making {}", order.out.display()))?;
    secret::write_private(&order.out.join("passwords"), &format!("{own_password}{passwords}"))?;
    secret::write_private(&order.out.join("rights"), &format!("{own_rights}{rights}"))?;
    Ok(told(&order.out, &files["devices"], own.as_ref()))
}

/// The broker that is meant; none when none is named and there is not exactly one.
fn broker<'a>(config: &'a Config, name: Option<&str>) -> anyhow::Result<Option<&'a BrokerConfig>> {
    let Some(name) = name else {
        return Ok(if let [only] = config.brokers.as_slice() { Some(only) } else { None });
    };
    let found = config.brokers.iter().find(|broker| broker.name == name);
    found.map(Some).with_context(|| format!("there is no [[broker]] {name:?} in the configuration"))
}

/// The hub's own user at that broker, with the rights that it needs.
fn own(config: &Config, broker: &BrokerConfig) -> anyhow::Result<Option<Fixed>> {
    let (Some(name), Some(password)) = (broker.user.clone(), broker.password.as_deref()) else { return Ok(None) };
    let mapped =
        foreign::mapped(&broker.mappings.as_ref().map_or_else(|| config.mappings.clone(), |m| config.mappings.only(m)));
    let mapped = mapped.map(|mapped| mapped.filters).unwrap_or_default();
    Ok(Some(Fixed {
        name,
        // a person may have chosen it: as many rounds as mosquitto_passwd takes
        hash: PasswordHash::of(password, random()?, 101),
        reads: std::iter::once("city/#".to_owned()).chain(mapped).collect(),
        writes: vec!["city/+/+/alarm".to_owned(), "city/+/+/command".to_owned()],
    }))
}

fn told(out: &Path, devices: &serde_json::Value, own: Option<&Fixed>) -> String {
    let hub = match own {
        Some(own) => format!("and the hub's own user {}", own.name),
        None => "without the hub's own user: name it with --broker, or add its lines".to_owned(),
    };
    format!(
        "{devices} devices {hub}: {out}/passwords, {out}/rights\n\
         In mosquitto.conf: password_file, acl_file, allow_anonymous false, and at every listener for devices\n\
         use_username_as_clientid true; never per_listener_settings. The broker's user must own both files.\n\
         Have it read them with SIGHUP (systemctl reload mosquitto) while the hub is connected: a reload takes the rights of a\n\
         session that was restored from disk and has not come back yet.",
        out = out.display()
    )
}
