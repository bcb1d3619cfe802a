//! The kinds of simulated device: how many there are of each, what they are called and how often they speak. Their
//! metrics stand in `topics/`; a test sees to it that the two agree.

/// A kind of `topics/water`, `topics/fire` or `topics/housing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SimKind {
    /// 河道水位站
    RiverLevel,
    /// 潮位站
    TideLevel,
    /// 雨量站
    RainGauge,
    /// 内涝监测点
    Waterlogging,
    /// 水库水位站
    ReservoirLevel,
    /// 排涝泵站
    PumpStation,
    /// 独立式感烟火灾探测报警器
    SmokeDetector,
    /// 电气火灾监控探测器
    ElectricalFire,
    /// 市政消火栓
    Hydrant,
    /// 消防水箱
    FireTank,
    /// 可燃气体探测器
    GasDetector,
    /// 用户信息传输装置: the gateway of a building's wired detectors.
    Transmitter,
    /// 工地扬尘监测站
    DustStation,
    /// 工地噪声监测站
    NoiseStation,
    /// 塔式起重机
    TowerCrane,
    /// 电梯
    Elevator,
    /// 深基坑监测点
    DeepPit,
    /// 房屋倾斜监测点
    BuildingTilt,
}

/// What is to be known of a kind.
struct Profile {
    kind: SimKind,
    /// Of every 200 devices so many are of it.
    share: usize,
    theme: &'static str,
    id: &'static str,
    code: &'static str,
    station: &'static str,
    period_s: u64,
}

const fn profile(kind: SimKind, share: usize, names: [&'static str; 4], period_s: u64) -> Profile {
    let [theme, id, code, station] = names;
    Profile { kind, share, theme, id, code, station, period_s }
}

/// In the order of [`SimKind`]. A test holds the shares to 200 and the periods to the deadlines of the themes.
const PROFILES: [Profile; 18] = [
    profile(SimKind::RiverLevel, 10, ["water", "river_level", "W-RL", "河道站"], 5),
    profile(SimKind::TideLevel, 4, ["water", "tide_level", "W-TL", "海岸潮位站"], 5),
    profile(SimKind::RainGauge, 16, ["water", "rain_gauge", "W-RG", "雨量站"], 5),
    profile(SimKind::Waterlogging, 26, ["water", "waterlogging", "W-WL", "内涝点"], 5),
    profile(SimKind::ReservoirLevel, 6, ["water", "reservoir_level", "W-RS", "水库站"], 6),
    profile(SimKind::PumpStation, 18, ["water", "pump_station", "W-PS", "排涝泵站"], 5),
    profile(SimKind::SmokeDetector, 34, ["fire", "smoke_detector", "F-SD", "烟感"], 4 * 3600),
    profile(SimKind::ElectricalFire, 16, ["fire", "electrical_fire", "F-EF", "电气火灾监控"], 60),
    profile(SimKind::Hydrant, 10, ["fire", "hydrant", "F-HY", "消火栓"], 1800),
    profile(SimKind::FireTank, 4, ["fire", "fire_tank", "F-TK", "消防水箱"], 60),
    profile(SimKind::GasDetector, 6, ["fire", "gas_detector", "F-GD", "可燃气体探测器"], 60),
    profile(SimKind::Transmitter, 4, ["fire", "transmitter", "F-UT", "用户信息传输装置"], 30),
    profile(SimKind::DustStation, 10, ["housing", "dust_station", "H-DS", "工地扬尘站"], 60),
    profile(SimKind::NoiseStation, 8, ["housing", "noise_station", "H-NS", "工地噪声站"], 60),
    profile(SimKind::TowerCrane, 8, ["housing", "tower_crane", "H-TC", "塔吊"], 10),
    profile(SimKind::Elevator, 12, ["housing", "elevator", "H-EL", "电梯"], 30),
    profile(SimKind::DeepPit, 4, ["housing", "deep_pit", "H-DP", "深基坑"], 3600),
    profile(SimKind::BuildingTilt, 4, ["housing", "building_tilt", "H-BT", "房屋倾斜"], 2 * 3600),
];

/// Shares are of so many.
const SEATS: usize = 200;
/// What speaks more seldom than this sleeps in between and lives on a battery, seconds.
const DOZES_ABOVE_S: u64 = 60;

impl SimKind {
    /// The kind of device number `index`: exact shares in every 200, and well mixed in fewer.
    pub(crate) fn of(index: usize) -> Self {
        let mut seat = index.wrapping_mul(79) % SEATS; // 79 and 200 have no common factor: every seat is taken once
        for Profile { kind, share, .. } in &PROFILES {
            if seat < *share {
                return *kind;
            }
            seat -= share;
        }
        Self::Waterlogging
    }

    const fn profile(self) -> &'static Profile {
        &PROFILES[self as usize]
    }

    /// Its theme.
    pub(crate) const fn theme(self) -> &'static str {
        self.profile().theme
    }

    /// Its name in the theme.
    pub(crate) const fn id(self) -> &'static str {
        self.profile().id
    }

    /// What its device ids begin with.
    pub(crate) const fn code(self) -> &'static str {
        self.profile().code
    }

    /// What a station of it is called.
    pub(crate) const fn station(self) -> &'static str {
        self.profile().station
    }

    /// Milliseconds between two reports.
    pub(crate) const fn period_ms(self) -> u64 {
        self.profile().period_s * 1000
    }

    /// Whether it sleeps between reports, and wakes for an alarm.
    pub(crate) const fn dozes(self) -> bool {
        self.profile().period_s > DOZES_ABOVE_S
    }

    /// Whether it is wired to its building's [`Self::Transmitter`] and has no link of its own.
    pub(crate) const fn is_wired(self) -> bool {
        matches!(self, Self::ElectricalFire | Self::FireTank | Self::GasDetector)
    }
}

#[cfg(test)]
mod tests {
    use super::{PROFILES, SEATS};

    #[test]
    fn the_table_is_in_order_and_its_shares_fill_the_seats() {
        assert!(PROFILES.iter().enumerate().all(|(at, profile)| profile.kind as usize == at));
        assert_eq!(PROFILES.iter().map(|profile| profile.share).sum::<usize>(), SEATS);
    }
}
