// The words of the health page in English. The type makes a missing or a surplus key a compile error.
import type { healthZh } from './health.zh'

export const healthEn: typeof healthZh = {
  health: {
    title: 'Health', sub: 'for maintenance staff', wall: 'Back to the wall', nav: 'The three parts of health', skip: 'Skip to the content', centre: 'Health · {district}',
    refreshed: 'every {n} s · {at}', waiting: 'Reading…', failed: 'Could not be read', timeout: 'the hub has not answered for 10 s', unreachable: 'the hub cannot be reached', lastGood: 'what follows is from {at}, not from now', retry: 'trying again by itself', more: 'Show {n} more', all: 'All',
    theme: 'Theme', link: 'Link', device: 'Device', search: 'Find by id or name', none: '–',
  },
  storage: {
    away: 'Database away for {time}', starting: 'Database not ready for {time}', disk_full: 'Database disk full for {time}', full: 'Spool full, no longer acknowledging', failing: 'Spool cannot be written, no longer acknowledging', draining: 'Writing what was spooled…', spooling: 'Database is behind, spooling first',
    held: '{n} readings spooled', left: '{n} left', receiving: 'receiving as usual', oldest: 'oldest from {at}', lost: '{n} records lost to damage so far', fill: 'spool {n} full',
    note: 'values with a dashed line are not stored yet', still: 'history and statistics stand still', unstored: 'not stored yet', alarm: 'Critical',
    database: 'Database', up: 'fine', gone: 'away for {time}', spool: 'Spool', empty: 'empty', size: '{used} / {max}',
  },
  board: {
    title: 'Cannot be seen', note: 'everything that cannot be seen now, the longest first', database: 'Database', link: 'Links', device: 'Devices', noTheme: 'no theme',
    what: 'What', why: 'Why', since: 'Unseen for', heard: 'Last heard', deadline: 'Deadline', from: 'Deadline from',
    empty: 'Nothing is out of sight now', emptyNote: 'database, links and all devices can be seen', noMatch: 'Nothing matches the filter', shown: '{n} of {total} read', partial: 'searched only in the {n} that were read',
    never: 'never', stale: 'Stale', offline: 'Offline', down: 'Down', connecting: 'Connecting', allThemes: 'All themes', aside: 'Set aside', of: '{n}',
  },
  why: {
    silent: 'silent for longer than it should be', last_will: 'it dropped off the broker (last will)', gateway: 'its gateway cannot be seen', link: 'the link is down', never_heard: 'registered, never heard since',
    away: 'the database does not answer', starting: 'the database is not ready yet', disk_full: 'the disk of the database is full', database: 'the database does not answer', connection_lost: 'the connection was lost', stopped: 'stopped', adapter_ended: 'the adapter ended',
    not_connected: 'not connected yet', clock: 'its clock cannot be trusted',
  },
  deadline: { kind: 'set by its kind', habit: 'from how often it speaks', default: 'default', card: 'Deadline {time} · {from}' },
  ledger: {
    title: 'Ledger', note: 'everything received went somewhere', received: 'received', stored: 'stored', duplicate: 'duplicate', conflict: 'conflict', rejected: 'rejected', spooled: 'spooled', in_flight: 'in flight',
    balanced: 'balanced', difference: 'difference', tab: 'Ledger gap', off: 'not balanced', offNote: 'the hub miscounts by {n}; please report it', disagree: 'the hub itself says {n}', messages: '{n} messages', equation: 'Account of {name}',
    byReason: 'Rejected, by reason', noReason: 'nothing rejected', days: 'By device and day', day: 'Day', allLinks: 'All links', reason: 'Reason', count: 'Count', share: 'of received', nobody: 'device could not be told', open: 'open',
    openNote: 'open = of what was received, still in flight or spooled', previous: 'Previous', next: 'Next', page: 'Page {n}', emptyDay: 'Nothing was received on this day', empty: 'No adapter yet', view: 'View', today: 'Today',
  },
  aside: {
    withheld: 'The bytes may hold personal data: the right see_raw is needed to see them',
    title: 'Set aside', note: 'what did not become a reading, with its bytes, newest first', when: 'Received', what: 'Reason', where: 'From', detail: 'What was read, and what would be right', replayed: 'Replay', select: 'Select number {id}', selectAll: 'Select all that are listed',
    reason: 'Reason', allReasons: 'All reasons', allLinks: 'All links', device: 'Device id', clear: 'Clear the filter', older: 'Older', empty: 'Nothing was set aside', noMatch: 'Nothing matches the filter', listed: '{n} listed',
    open: 'View number {id}', close: 'Close', number: 'Number', source: 'Topic or peer', metric: 'Metric', raw: 'Raw bytes', text: 'Text', hex: 'Hex', size: '{n} bytes', cut: 'first {kept} of {n} bytes kept', binary: 'not text: shown as hex',
    replaySome: 'Replay {n} selected', replayOne: 'Replay this one', replayAll: 'Replay all that match', chooseFirst: 'filter by reason, device or link first', asking: 'Send {what} into the hub again? What is stored already counts as duplicate, what is still wrong is set aside again.', some: 'the {n} selected', all: 'what matches and was not tried yet (at most {n})', one: 'number {id}',
    go: 'Replay', cancel: 'Cancel', busy: 'Replaying…', outcome: '{n} replayed', stored: '{n} stored', duplicate: '{n} duplicate', rejected: '{n} rejected again', spooled: '{n} spooled', skipped: '{n} skipped', failed: 'Replay failed', skippedOne: 'number {id}: {why}', not: 'not replayed', at: 'replayed {at}',
    limit: 'at most {n} at once; there may be more, replay again',
  },
  rejection: {
    topic_malformed: 'topic or path is wrong', payload_too_large: 'message too large', undecodable: 'cannot be decoded', no_values: 'no value in it', bad_name: 'name not allowed', not_a_number: 'not a number', not_finite: 'not a finite number',
    time_unreadable: 'time cannot be read', time_too_old: 'time too far back', time_too_new: 'time too far ahead', id_mismatch: 'ids differ', theme_mismatch: 'themes differ', register_full: 'register is full', not_registered: 'not registered', conflict: 'same time, other value', database_refused: 'refused by the database',
  },
  backup: {
    title: 'Backup', unset: 'no backup configured', attemptFailed: 'backup failed {ago}', never: 'no backup yet', last: 'last backup {ago}', took: 'took {time} · {size}', checkOk: 'restore check passed {ago}', checkBad: 'restore check failed {ago}', unchecked: 'never checked by a restore', rows: '{n} readings', failed: 'backup state cannot be read',
  },
}
