//! What ends a session for good. A connection that is lost is not among it: that is tried again.

/// Why a session cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum MqttError {
    /// The engine takes nothing any more.
    #[error("the intake closed while the session was running")]
    IntakeClosed,
}
