// The reasons that the hub knows for setting something aside, in the order of its own list. One that is missing here is
// shown all the same, by its code.
export const REASONS = [
  'topic_malformed', 'payload_too_large', 'undecodable', 'no_values', 'bad_name', 'not_a_number', 'not_finite', 'time_unreadable',
  'time_too_old', 'time_too_new', 'id_mismatch', 'theme_mismatch', 'register_full', 'not_registered', 'conflict', 'database_refused',
] as const
