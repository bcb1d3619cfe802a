//! Certificates for localhost, signed by an authority of the test's own; made by openssl, so that nobody checks with what
//! they were made with.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{complete, give_away};

/// An authority and what it signed, in one folder.
pub struct Certificates(PathBuf);

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

impl Certificates {
    /// Makes the authority, and a certificate with its key for each name.
    pub fn make(dir: &Path, names: &[&str]) -> anyhow::Result<Self> {
        let made = Self(dir.to_owned());
        made.openssl(&format!(
            "req -x509 {KEY} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca -addext basicConstraints=critical,CA:TRUE"
        ))?;
        std::fs::write(dir.join("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")?;
        names.iter().try_for_each(|name| made.renew(name))?;
        Ok(made)
    }

    /// Makes a certificate and its key; those of before are overwritten.
    pub fn renew(&self, name: &str) -> anyhow::Result<()> {
        self.openssl(&format!("req {KEY} -keyout {name}.key -out {name}.csr -subj /CN={name}"))?;
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2 -extfile san"
        ))?;
        give_away(&self.key(name))?;
        give_away(&self.cert(name))
    }

    fn openssl(&self, args: &str) -> anyhow::Result<()> {
        let mut command = Command::new("openssl");
        command.args(args.split_whitespace()).current_dir(&self.0);
        complete(command).map(drop)
    }

    pub fn ca(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    pub fn cert(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.pem"))
    }

    pub fn key(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.key"))
    }
}
