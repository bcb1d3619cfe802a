// The words of receivers in English: the same keys and parameters as the Chinese source.
export const receiversEn = {
  receivers: {
    title: 'Receivers', note: 'Who is told of alarms, events and silent devices, and whether it arrives', create: 'New receiver', go: 'Create', name: 'Name', state: 'State', what: 'Is told of', last: 'Last attempt', waiting: 'Waiting', givenUp: 'Given up', empty: 'No receivers yet', emptyNote: 'Make one: the mailbox of the duty room, a WeCom or DingTalk robot, the address of another platform',
    channelLabel: 'Channel', channel: { webhook: 'Webhook', email: 'E-mail', wecom: 'WeCom robot', dingtalk: 'DingTalk robot', mqtt: 'MQTT' },
    lacks: { email: ' (no [mail] in the configuration)', mqtt: ' (no broker)' },
    about: {
      webhook: 'For programs: a signed HTTP request; its secret is shown once.', email: 'For people: one mail for each happening; many come in one.', wecom: 'For people: paste the webhook address of the group robot as it is.', dingtalk: 'For people: paste the address of the custom robot; where it signs (加签), also its secret that begins with SEC. “城枢” can be its keyword.',
      mqtt: 'For programs: alarms are published to city/theme/device/alarm, QoS 1, not retained.',
    },
    url: 'Address', robotUrl: 'Address of the robot (with its key)', keyKept: 'The key of the address is not shown again; it stays unless you paste a whole new address.', sign: 'Signing secret', signKept: 'empty: no change', to: 'Mailbox', broker: 'Broker', lang: 'Language', events: 'Is told of', themes: 'Only these themes', noneIsAll: 'none = all', newSecret: 'Make a new signing secret (the old one ends at once)',
    event: { alarm_raised: 'Alarm raised', alarm_cleared: 'Alarm cleared', event: 'Device event', device_offline: 'Device silent', device_online: 'Device back', test: 'Trial' }, allEvents: 'Everything', allThemes: 'All themes',
    st: { good: 'Arrives', bad: 'Does not arrive', fresh: 'Nothing sent yet', paused: 'Paused' }, next: 'again at {at}', status: 'answer {code}', pace: 'Mailboxes and robots get {n} messages a minute at most; more come in one. What does not arrive is tried again, at least every 5 minutes, given up after a day unless configured otherwise, and can be told again.',
    test: 'Send a trial', tested: 'A trial message is on its way to “{name}”; see its state in a few seconds.', edit: 'Change', editTitle: 'Change “{name}”', pause: 'Pause', resume: 'Resume', paused: '“{name}” is paused; what happens meanwhile is not told later.', resumed: '“{name}” is told again.',
    remove: 'Delete', removeAsk: 'Delete “{name}”?', removeNote: 'Its deliveries go with it; what was not told is not told any more.', removeGo: 'Yes, delete', created: 'The signing secret of “{name}”', secret: 'Signing secret', secretNote: 'The receiver checks X-Chengshu-Signature with it.',
    log: 'Deliveries', logOf: 'Deliveries to “{name}”', at: 'Time', told: 'What', tries: 'Tries', number: 'No. {id}', digest: 'told in one message with others (from no. {id})', none: 'No deliveries', newest: 'Newest', replayAll: 'Tell what was given up ({n})', retell: 'Tell again', again: '{n} wait again.', delivery: { waiting: 'Waiting', delivered: 'Delivered', given_up: 'Given up' },
    rule: {
      name: 'Name: 1 to 200 characters', url: 'Address: a whole http or https address; that of a robot with its key; one inside must stand in webhooks.allow of the configuration', sign: 'Signing secret: SEC… without spaces', to: 'Mailbox: one alone, such as duty@gov.example', broker: 'Broker: choose one', channel: 'Channel: it cannot be changed, or the configuration has none', events: 'Is told of: MQTT tells of alarms only', themes: 'Themes: there is no such theme',
    },
    why: {
      forbidden: 'The address must not be called: one inside must stand in webhooks.allow (mail: mail.allow_networks)', rate: 'Too many messages a minute for it; told later', key: 'The robot’s key is wrong, or the robot was removed', rules: 'The robot’s rules refuse it: signature, keyword or source address', noRobot: 'This is no robot’s address', silent: 'No answer', plain: 'The mail server does not encrypt (STARTTLS); nothing was sent', login: 'The mail server does not let the hub in', mailbox: 'The mail server does not take the mail', tls: 'Its certificate is not trusted',
      noMail: 'The configuration has no [mail]', noBroker: 'The configuration names no such broker', broker: 'The broker is not connected', secret: 'Its secret cannot be opened; enter it again', name: 'Its name cannot be looked up', redirect: 'It sends elsewhere, which the hub does not follow', fault: 'It has a fault', refused: 'It refuses', down: 'It cannot be reached', other: 'It did not arrive',
    },
  },
}
