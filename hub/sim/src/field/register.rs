//! The table that people would enter: names and places of the field stations and of what stands behind them.

use std::fmt::Write as _;

use super::cast::Player;

/// As CSV for `chengshu import`.
pub(crate) fn table(players: &[Player]) -> String {
    let mut csv = "device,theme,kind,name,lng,lat,gateway,vendor\n".to_owned();
    for player in players {
        let Player { id, theme, kind, name, at, vendor, .. } = player;
        let _ = writeln!(csv, "{id},{theme},{kind},{name},{:.6},{:.6},,{vendor}", at.lng, at.lat);
        for (n, (behind, text)) in player.behind.iter().enumerate() {
            let at = at.moved(0.02 * (n as f64 + 1.0), 0.0);
            let (lng, lat) = (at.lng, at.lat);
            let _ = writeln!(csv, "{behind},fire,fire_component,{name} {text},{lng:.6},{lat:.6},{id},{vendor}");
        }
    }
    csv
}
