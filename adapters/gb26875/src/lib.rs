//! GB/T 26875.3-2011 (用户信息传输装置): all application types.
