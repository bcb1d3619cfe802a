//! The field protocols that there are, in one list: what reads them, what their devices can be asked, and how they are tried
//! by hand. Adapters do not know each other; here is the only place that names all of them.

use std::sync::Arc;

use chengshu_api::{CommandSet, FieldProtocol};
use chengshu_core::model::{DeviceId, Limits, LinkId, Timestamp};
use chengshu_core::seam::Decoder;
use chengshu_gb26875::Gb26875;
use chengshu_hj212::Hj212;
use chengshu_line::Protocol;
use chengshu_sl651::Sl651;
use toml::Table;

/// Their names.
pub const PROTOCOLS: [&str; 3] = ["sl651", "gb26875", "hj212"];

/// A protocol with its settings.
#[derive(Debug, Clone)]
pub enum Field {
    /// SL 651-2014.
    Sl651(Box<chengshu_sl651::Setup>),
    /// GB/T 26875.3-2011.
    Gb26875(Box<chengshu_gb26875::Setup>),
    /// HJ 212-2017 and 2005.
    Hj212(Box<chengshu_hj212::Setup>),
}

impl Field {
    /// The protocol of that name with these settings; the words name what is wrong with them.
    pub fn new(protocol: &str, settings: Table, limits: Limits) -> Result<Self, String> {
        let wrong = |error: toml::de::Error| error.message().to_owned();
        Ok(match protocol {
            "sl651" => {
                let setup: chengshu_sl651::Setup = settings.try_into().map_err(wrong)?;
                Self::Sl651(Box::new(chengshu_sl651::Setup { limits, ..setup }))
            }
            "gb26875" => {
                let setup: chengshu_gb26875::Setup = settings.try_into().map_err(wrong)?;
                Self::Gb26875(Box::new(chengshu_gb26875::Setup { limits, ..setup }))
            }
            "hj212" => {
                let setup: chengshu_hj212::Setup = settings.try_into().map_err(wrong)?;
                Self::Hj212(Box::new(chengshu_hj212::Setup { limits, ..setup }))
            }
            other => return Err(format!("{other:?} is no protocol; expected one of {}", PROTOCOLS.join(", "))),
        })
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sl651(_) => "sl651",
            Self::Gb26875(_) => "gb26875",
            Self::Hj212(_) => "hj212",
        }
    }

    /// Whether it is spoken over UDP too.
    pub const fn has_udp(&self) -> bool {
        !matches!(self, Self::Hj212(_))
    }

    /// What holds its conversations. `newest` says up to when values of its devices are stored: what was missed while the
    /// hub was away is asked for where the protocol can.
    pub fn protocol(&self, link: LinkId, newest: &[(DeviceId, Timestamp)]) -> Arc<dyn Protocol> {
        match self {
            Self::Sl651(setup) => Arc::new(Sl651::new((**setup).clone(), link)),
            Self::Gb26875(setup) => Arc::new(Gb26875::new((**setup).clone(), link)),
            Self::Hj212(setup) => {
                let protocol = Hj212::new((**setup).clone(), link);
                newest.iter().for_each(|(device, at)| protocol.seed(device, *at));
                Arc::new(protocol)
            }
        }
    }

    /// What reads a frame once more.
    pub fn decoder(&self, link: LinkId) -> Decoder {
        match self {
            Self::Sl651(setup) => chengshu_sl651::decoder((**setup).clone(), link),
            Self::Gb26875(setup) => chengshu_gb26875::decoder((**setup).clone(), link),
            Self::Hj212(setup) => chengshu_hj212::decoder((**setup).clone(), link),
        }
    }

    /// What its devices can be asked.
    pub const fn commands(&self) -> CommandSet {
        let kinds = match self {
            Self::Sl651(_) => chengshu_sl651::COMMANDS,
            Self::Gb26875(_) => chengshu_gb26875::COMMANDS,
            Self::Hj212(_) => chengshu_hj212::COMMANDS,
        };
        CommandSet { kinds, free: false }
    }
}

/// HJ 212 as for acceptance: any departure from the standard refuses the frame.
pub fn strict() -> FieldProtocol {
    let setup = chengshu_hj212::Setup { mode: chengshu_hj212::Mode::Strict, ..Default::default() };
    FieldProtocol {
        name: "hj212",
        decode: Arc::new(move |bytes, received| chengshu_hj212::explain(bytes, &setup, received)),
        encode: Arc::new(chengshu_hj212::encode),
    }
}

/// Each protocol on its usual settings, for trying frames by hand.
pub fn workbench() -> [FieldProtocol; 3] {
    let (sl651, gb26875, hj212) = Default::default();
    [
        FieldProtocol {
            name: "sl651",
            decode: Arc::new(move |bytes, received| chengshu_sl651::explain(bytes, &sl651, received)),
            encode: Arc::new(chengshu_sl651::encode),
        },
        FieldProtocol {
            name: "gb26875",
            decode: Arc::new(move |bytes, received| chengshu_gb26875::explain(bytes, &gb26875, received)),
            encode: Arc::new(chengshu_gb26875::encode),
        },
        FieldProtocol {
            name: "hj212",
            decode: Arc::new(move |bytes, received| chengshu_hj212::explain(bytes, &hj212, received)),
            encode: Arc::new(chengshu_hj212::encode),
        },
    ]
}
