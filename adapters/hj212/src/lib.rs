//! HJ 212-2017 and 2005 (污染物在线监控系统数据传输标准): strict and tolerant.
