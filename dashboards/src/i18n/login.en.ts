// The words of signing in, of the first administrator, of one's own account and of a wall that asks to be enrolled, in English. The type
// makes a missing or a surplus key a compile error.
import type { loginZh } from './login.zh'

export const loginEn: typeof loginZh = {
  login: {
    title: 'Sign in', user: 'Account', password: 'Password', go: 'Sign in', busy: 'Signing in…', sso: 'Sign in with {name}', or: 'or', code: 'Code', codeNote: 'Open your authenticator and type the six digits that it shows now.', codeGo: 'Verify', back: 'Back',
    failed: 'Account or password is not right.', codeFailed: 'The code is not right, or no longer. Please type the password again, then the newest code.', locked: 'Too many tries: this account is locked until {at}. If it is urgent, ask a security administrator.', lockedSome: 'Too many tries: this account is locked for a while.', limited: 'Too many tries. Please try again after {at}.', limitedSome: 'Too many tries. Please try again later.',
    ended: 'The session is over. Please sign in again; the page where you were comes back.', ssoFailed: 'Single sign-on did not succeed. Try again, or use a password.', key: 'Use an access key', screen: 'This is a wall: show its code', setup: 'This hub has no administrator yet. Open the one-time link that its first start printed in the terminal.', show: 'Show password', hide: 'Hide password',
    offerFailed: 'The ways to sign in cannot be read now; trying again.', none: 'This hub offers no way to sign in.', forgot: 'Password forgotten? A system administrator can reset it.',
  },
  setup: {
    title: 'Create the first administrator', note: 'This is the system administrator: accounts, keys and configuration, but no data of the city. Next, let it create a security administrator and an audit administrator; the three cannot be one person.', name: 'Name', user: 'Account', userNote: 'begins with a small letter; digits and . _ - are allowed', go: 'Create and sign in', over: 'The first administrator exists; this link is no longer valid.', wrong: 'This link is wrong or no longer valid. Use the whole link that the first start printed.', noToken: 'There is no token in the link. Open the whole link that the first start printed in the terminal.', toLogin: 'Sign in',
  },
  must: { title: 'One step more', password: 'Please choose a new password first', passwordNote: 'The present one was for one time, or has expired.', totp: 'Please set up a second factor first', totpNote: 'Your role demands a code besides the password.', out: 'Sign out' },
  newPassword: {
    old: 'Present password', next: 'New password', repeat: 'Once more', differs: 'The two are not the same.', go: 'Change password', done: 'The password is changed; other sessions have ended.', wrongOld: 'The present password is not right.', rules: 'What a new password needs', met: 'met', unmet: 'not met', judged: 'common passwords and those used lately are refused by the hub', refused: 'The hub did not accept this password: ',
    rule: { too_short: '{least} to {most} characters', few_classes: 'at least {needed} of small letters, capitals, digits, other signs', regular: 'no runs or repetitions', has_name: 'without your account or name' },
    fault: { too_short: 'too short, at least {n} characters', too_long: 'too long, at most {n} characters', few_classes: 'too few kinds of characters, at least {n}', regular: 'too regular', has_name: 'holds the account or the name', common: 'a common password', used_before: 'one of the last {n}' },
  },
  totp: {
    title: 'Second factor', scan: 'Scan this with the authenticator on your phone', qr: 'QR code of the second factor', byHand: 'Or type the secret by hand', copy: 'Copy', copied: 'Copied', code: 'The six digits that it shows', confirm: 'Confirm', wrong: 'The code is not right. Check that the phone’s clock is right and use the newest six digits.', on: 'set up', off: 'not set up', set: 'Set up a second factor', again: 'Use another authenticator', remove: 'Remove', removeNote: 'Without it the password alone lets you in. Type the password to confirm.', removeGo: 'Yes, remove it', demanded: 'The policy demands a second factor of your role.', done: 'The second factor is set up.', removed: 'The second factor is removed.', wrongPassword: 'The password is not right.',
  },
  enrol: {
    title: 'Enrol this wall', note: 'Type this code at a workbench, under “Screens”', code: 'Code', until: 'good until {at}, then a new one comes by itself', waiting: 'Once enrolled, this wall goes on by itself; nothing has to be done here.', away: 'The hub is not reached yet; trying again', limited: 'Asked too often; a code can be had in {n} s', person: 'This is no wall: sign in as a person', done: 'Enrolled; opening the picture…',
  },
  account: {
    title: 'My account', who: 'Who I am', name: 'Name', user: 'Account', roles: 'Roles', noRoles: 'No role yet; ask a security administrator', rights: 'What I may do', grants: 'Grants', session: 'This session', until: 'until {at} at the latest; ends after {n} without use', password: 'Change password', sessions: 'My sessions', current: 'this one', began: 'Began', used: 'Last used', from: 'From', agent: 'Browser', end: 'End', endAsk: 'End the session from {from}? That device has to sign in again; what was not saved there is lost.', endGo: 'Yes, end it', out: 'Sign out', noPerson: { demo: 'This is the demo key: it may everything and has neither account nor session.', screen: 'This is a wall; it only looks.', service: 'This is a key of a service.', local: 'This is a tool on the same machine.' }, unknown: 'Who you are cannot be read now; trying again.',
  },
  denied: { title: 'Not allowed', right: 'You lack the right “{right}”. If you need it, ask a security administrator.', some: 'You lack the right to do this. If you need it, ask a security administrator.', own_grants: 'Nobody changes their own grants; another security administrator has to do it.', csrf: 'This request lacked the page’s proof and was not carried out. Reload the page and try again.', own: 'There is nothing here for you to see' },
}
