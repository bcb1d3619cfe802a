//! Why a field line ended.

use std::net::SocketAddr;

/// Why a field line ended without being asked.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Somebody else listens there, or the address is not one of this machine.
    #[error("cannot listen on {address}; stop whoever does, or set another address")]
    Listen {
        /// What was wanted.
        address: SocketAddr,
        /// The system's word.
        #[source]
        source: std::io::Error,
    },
}
