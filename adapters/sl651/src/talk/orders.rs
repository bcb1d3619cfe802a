//! Commands to stations: obeyed in their order, one at a time for each station, sent again when no answer comes. What they
//! look like stands in `ask`.

use chengshu_core::model::{Order, Progress, Timestamp};
use chengshu_line::{Act, Acts};

use super::jobs::{Due, Job};
use super::{Line, Sl651Talk, ask};
use crate::codec::{End, Station};

impl Sl651Talk {
    pub(super) fn obey(&mut self, order: &Order, now: Timestamp, acts: &mut Acts) {
        if let Err((code, words)) = self.try_obey(order, now) {
            acts.push(Act::Progress(order.id, Progress::Failed(code, words)));
        }
        self.tend_jobs(now, acts);
    }

    fn try_obey(&mut self, order: &Order, now: Timestamp) -> Result<(), ask::Refusal> {
        if now >= order.expires {
            return Err(("expired", format!("the command was good until {}", order.expires.to_rfc3339())));
        }
        let (asking, fixed) = (self.setup().asking, self.setup().password);
        let far = self.setup().clock_twice_ms;
        let session = self.stations.values_mut().find(|session| session.device == order.device);
        let Some(session) = session else {
            return Err(("not_here", format!("this peer does not speak for {}", order.device)));
        };
        let ask = ask::ask(order, session.line.form, asking, fixed.unwrap_or(session.line.password))?;
        let job = Job {
            id: order.id,
            function: ask.function,
            tail: ask.tail,
            expires: order.expires,
            again: order.name == "set_clock" && session.clock_ms.is_some_and(|ms| ms.abs() > far),
        };
        if session.jobs.push(job) { Ok(()) } else { Err(("busy", "16 commands wait for this station".to_owned())) }
    }

    pub(super) fn tend_jobs(&mut self, now: Timestamp, acts: &mut Acts) {
        let (answer_ms, resends) = (self.setup().answer_ms, self.setup().resends);
        let stations: Vec<Station> = self.stations.keys().copied().collect();
        for station in stations {
            while let Some(due) = self.stations.get_mut(&station).and_then(|s| s.jobs.due(now, answer_ms, resends)) {
                match due {
                    Due::Start(job) => {
                        let id = job.id;
                        if self.send_job(station, job, now, acts) {
                            acts.push(Act::Progress(id, Progress::Sent));
                        }
                    }
                    Due::Again(frame) => {
                        acts.push(Act::Count("command_resent"));
                        acts.push(Act::Send(frame));
                    }
                    Due::TimedOut(id, times) => {
                        let words = format!("no answer within {answer_ms} ms, sent {times} times");
                        acts.push(Act::Progress(id, Progress::Failed("timeout", words)));
                    }
                    Due::Expired(id) => {
                        let words = "it expired while others waited for this station".to_owned();
                        acts.push(Act::Progress(id, Progress::Failed("expired", words)));
                    }
                }
            }
        }
    }

    /// Sends a command; a clock gets the time of this moment.
    pub(super) fn send_job(&mut self, station: Station, job: Job, now: Timestamp, acts: &mut Acts) -> bool {
        let (center, password) = (self.setup().center, self.setup().password);
        let Some(session) = self.stations.get_mut(&station) else { return false };
        let line = Line {
            function: job.function,
            serial: 0, // begun by the centre
            center: center.unwrap_or(session.line.center),
            password: password.unwrap_or(session.line.password),
            ..session.line
        };
        let Some(frame) = line.frame(End::Enq, &job.tail, now) else {
            let words = format!("the command has {} bytes; expected at most 4087", job.tail.len());
            acts.push(Act::Progress(job.id, Progress::Failed("too_long", words)));
            return false;
        };
        acts.push(Act::Send(frame.clone()));
        session.jobs.run(job, frame, now);
        true
    }
}
