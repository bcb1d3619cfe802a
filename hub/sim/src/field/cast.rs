//! Who speaks what: picks the devices of the district beside which field stations stand, and makes their instruments.

use chengshu_gb26875::{Device, DeviceComponent, DeviceSetup as FireSetup};
use chengshu_hj212::DataLogger;
use chengshu_line::Instrument;
use chengshu_sl651::codec::Station;
use chengshu_sl651::{DeviceSetup, Sl651Device};

use super::FieldProtocol;
use crate::kinds::SimKind;
use crate::map::{District, Point};
use crate::plan::SimDevice;

/// How far from the device that it follows a station stands, km.
const BESIDE_KM: (f64, f64) = (0.18, -0.12);
/// Detectors behind a transmission device.
const DETECTORS: usize = 2;

/// A station of the field.
pub(crate) struct Player {
    /// Its id in the hub.
    pub(crate) id: String,
    /// Its kind in its theme.
    pub(crate) kind: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) name: String,
    pub(crate) at: Point,
    pub(crate) vendor: &'static str,
    /// Devices of the district whose values it reports.
    pub(crate) follows: Vec<usize>,
    /// What stands behind it: id, name.
    pub(crate) behind: Vec<(String, String)>,
    pub(crate) protocol: FieldProtocol,
    /// Seconds between two reports.
    pub(crate) every_s: u64,
    number: u16,
}

/// All players of a protocol.
pub(crate) fn cast(protocol: FieldProtocol, devices: &[SimDevice], district: &District) -> Vec<Player> {
    let of = |kind: SimKind, most: usize| devices.iter().filter(move |device| device.kind == kind).take(most);
    match protocol {
        FieldProtocol::Sl651 => of(SimKind::RiverLevel, 18)
            .chain(of(SimKind::RainGauge, 14))
            .chain(of(SimKind::ReservoirLevel, 4))
            .chain(of(SimKind::TideLevel, 4))
            .enumerate()
            .map(|(n, device)| station(n, device, district))
            .collect(),
        FieldProtocol::Gb26875 => {
            let detectors: Vec<&SimDevice> = of(SimKind::SmokeDetector, 30 * DETECTORS).collect();
            detectors.chunks(DETECTORS).enumerate().map(|(n, chunk)| transmitter(n, chunk, district)).collect()
        }
        FieldProtocol::Hj212 => {
            let noise: Vec<&SimDevice> = of(SimKind::NoiseStation, 30).collect();
            let monitor = |(n, device)| monitor(n, device, noise.get(n).copied(), district);
            of(SimKind::DustStation, 30).enumerate().map(monitor).collect()
        }
    }
}

fn station(n: usize, device: &SimDevice, district: &District) -> Player {
    let (kind, word) = match device.kind {
        SimKind::RainGauge => ("rain_station", "遥测雨量站"),
        SimKind::ReservoirLevel => ("reservoir_station", "遥测水库站"),
        SimKind::TideLevel => ("tide_station", "遥测潮位站"),
        _ => ("river_station", "遥测河道站"),
    };
    let number = n as u16 + 1;
    let at = beside(device.at, district);
    Player {
        id: format!("SL-441702{number:04X}"),
        kind,
        theme: "water",
        name: format!("{} {word} {number:02}", district.nearest_town(at)),
        at,
        vendor: "SL 651 模拟",
        follows: vec![device.index],
        behind: Vec::new(),
        protocol: FieldProtocol::Sl651,
        every_s: 60,
        number,
    }
}

fn transmitter(n: usize, detectors: &[&SimDevice], district: &District) -> Player {
    let number = n as u16 + 1;
    let at = detectors.first().map_or(Point::new(0.0, 0.0), |device| beside(device.at, district));
    let id = format!("GB-{}", hex(&address(number)));
    let behind = (0..detectors.len()).map(|i| {
        let place = i as u16 + 1;
        (format!("{id}-1-1-42-{}", hex(&[place as u8, 0, 1, 0])), text(i))
    });
    Player {
        kind: "transmitter",
        theme: "fire",
        name: format!("{} 传输装置 {number:02}", district.nearest_town(at)),
        at,
        vendor: "GB/T 26875.3 模拟",
        follows: detectors.iter().map(|device| device.index).collect(),
        behind: behind.collect(),
        protocol: FieldProtocol::Gb26875,
        every_s: 20,
        number,
        id,
    }
}

fn monitor(n: usize, dust: &SimDevice, noise: Option<&SimDevice>, district: &District) -> Player {
    let number = n as u16 + 1;
    let at = beside(dust.at, district);
    Player {
        id: format!("HJ-{}", mn(number)),
        kind: "dust_monitor",
        theme: "housing",
        name: format!("{} 扬尘监测仪 {number:02}", district.nearest_town(at)),
        at,
        vendor: "HJ 212 模拟",
        follows: std::iter::once(dust.index).chain(noise.map(|noise| noise.index)).collect(),
        behind: Vec::new(),
        protocol: FieldProtocol::Hj212,
        every_s: 30,
        number,
    }
}

/// Beside a device, unless that is outside the district.
fn beside(at: Point, district: &District) -> Point {
    let moved = at.moved(BESIDE_KM.0, BESIDE_KM.1);
    if district.contains(moved) { moved } else { at }
}

fn address(number: u16) -> [u8; 6] {
    let [low, high] = number.to_le_bytes();
    [low, high, 0x02, 0x17, 0x44, 0]
}

fn mn(number: u16) -> String {
    format!("4417020000000000000A{number:04X}")
}

fn text(detector: usize) -> String {
    format!("{}层走廊烟感", detector + 1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

impl Player {
    /// Its instrument, as it comes from the factory.
    pub(crate) fn instrument(&self) -> Box<dyn Instrument> {
        match self.protocol {
            FieldProtocol::Sl651 => {
                let [high, low] = self.number.to_be_bytes();
                let class = match self.kind {
                    "rain_station" => b'P',
                    "reservoir_station" => b'K',
                    "tide_station" => b'T',
                    _ => b'H',
                };
                let station = Station([0x44, 0x17, 0x02, high, low]);
                Box::new(Sl651Device::new(DeviceSetup { station, class, ..DeviceSetup::default() }))
            }
            FieldProtocol::Gb26875 => {
                let component = |i: usize| DeviceComponent::new(42, 1, i as u16 + 1, &text(i));
                Box::new(Device::new(FireSetup {
                    address: address(self.number),
                    components: (0..self.behind.len()).map(component).collect(),
                    ..FireSetup::default()
                }))
            }
            FieldProtocol::Hj212 => Box::new(DataLogger::new(&mn(self.number), "39")),
        }
    }

    /// What it reports of what the devices that it follows measure.
    pub(crate) fn report(&self, values: &[Vec<crate::world::Value>]) -> Vec<(String, f64)> {
        let all = values.iter().enumerate().flat_map(|(n, values)| values.iter().map(move |value| (n, value)));
        let named = all.filter_map(|(n, (metric, value, _))| {
            let name = match (self.protocol, *metric) {
                (FieldProtocol::Gb26875, "alarm") => format!("fire@{n}"),
                (FieldProtocol::Gb26875, _) => return None,
                (FieldProtocol::Sl651, "level") if self.kind == "reservoir_station" => "upper_level".to_owned(),
                (_, "over_limit") => return None,
                (FieldProtocol::Hj212, "laeq") => "la".to_owned(),
                (_, metric) => metric.to_owned(),
            };
            Some((name, *value))
        });
        named.collect()
    }

    /// Whether its times are whole minutes.
    pub(crate) const fn by_minute(&self) -> bool {
        matches!(self.protocol, FieldProtocol::Sl651)
    }

    /// Whether it says something only when it is new.
    pub(crate) const fn on_change(&self) -> bool {
        matches!(self.protocol, FieldProtocol::Gb26875)
    }
}
