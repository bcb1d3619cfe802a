//! The copy as a file: lines of JSON, flushed to the disk before they count, in files of a bounded size. It may stand on
//! another machine that is mounted here: then nobody else than its own thread waits for it, and a file that is not where it
//! was means that the mount is away, not that a new one is begun. How far the copy goes says the file itself.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use chengshu_access::Head;
use tokio::sync::oneshot;

use crate::CopyFile;
use crate::record::Record;
use crate::trouble::Trouble;

/// How much of a file's end is looked at for its last record, at first.
const TAIL: u64 = 64 * 1024;

type Work = Box<dyn FnOnce(&mut Shelf) + Send>;

/// The way to the file. Whatever is asked is done by one thread, in order; who asks may stop waiting.
pub(crate) struct Files(mpsc::Sender<Work>);

impl Files {
    /// Nothing is touched yet.
    pub(crate) fn new(options: CopyFile) -> Self {
        let (sender, work) = mpsc::channel::<Work>();
        // no task: a disk that never answers must not hold up the end of the hub
        std::thread::spawn(move || {
            let mut shelf = Shelf { rotate_at: options.bytes_most, options, open: None };
            for one in work {
                one(&mut shelf);
            }
        });
        Self(sender)
    }

    /// Finds how far the copy goes. `known`: there was one before, so a missing one is not begun anew.
    pub(crate) async fn find(&self, known: bool) -> Result<Option<Head>, Trouble> {
        self.ask(move |shelf| shelf.find(known)).await
    }

    /// Adds records; done when they are on the disk.
    pub(crate) async fn add(&self, records: Vec<Record>) -> Result<(), Trouble> {
        self.ask(move |shelf| shelf.add(&records)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Shelf) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let (answer, wait) = oneshot::channel();
        let work: Work = Box::new(move |shelf| {
            let _ = answer.send(what(shelf)); // whoever asked may have gone
        });
        let gone = || Trouble::new("disk", "the thread that writes the copy has ended");
        self.0.send(work).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }
}

struct Shelf {
    options: CopyFile,
    open: Option<File>,
    /// A file beyond this is put aside, or, where that cannot be, one of twice the size.
    rotate_at: u64,
}

impl Shelf {
    fn failed(&self, error: &std::io::Error) -> Trouble {
        let code = if error.kind() == ErrorKind::NotFound { "gone" } else { "disk" };
        Trouble::new(code, format!("{}: {error}", self.options.path.display()))
    }

    fn find(&mut self, known: bool) -> Result<Option<Head>, Trouble> {
        self.open = None;
        let path = &self.options.path;
        let there = path.try_exists().map_err(|error| self.failed(&error))?;
        let last = last_record(path).map_err(|error| self.failed(&error))?;
        let last = match last {
            Some(last) => Some(last),
            None => self.newest_aside().map_err(|error| self.failed(&error))?,
        };
        if !there && last.is_none() && known {
            let words = format!(
                "{}: the file is not where it was; is its folder mounted? If it was moved away on purpose, make an empty one \
                 there",
                path.display()
            );
            return Err(Trouble::new("gone", words));
        }
        self.open = Some(self.append().map_err(|error| self.failed(&error))?);
        Ok(last.map(|record| record.head()))
    }

    /// The last record of the newest file that was put aside.
    fn newest_aside(&self) -> std::io::Result<Option<Record>> {
        let path = &self.options.path;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
            return Ok(None);
        };
        let number = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.ok()?;
            let number = entry.file_name().to_str()?.strip_prefix(name)?.strip_prefix('.')?.parse::<u64>().ok()?;
            Some((number, entry.path()))
        };
        let newest = std::fs::read_dir(folder)?.filter_map(number).max();
        newest.map_or(Ok(None), |(_, aside)| last_record(&aside))
    }

    /// The file, open for adding; what a crash cut off there is ended.
    fn append(&self) -> std::io::Result<File> {
        let path = &self.options.path;
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        let mut end = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut end)?;
        }
        if end != [b'\n'] {
            file.write_all(b"\n")?;
        }
        file.sync_all()?;
        sync_folder(path)?;
        Ok(file)
    }

    fn add(&mut self, records: &[Record]) -> Result<(), Trouble> {
        let result = self.write(records).map_err(|error| self.failed(&error));
        if result.is_err() {
            self.open = None; // the next begin looks at it afresh
        }
        result
    }

    fn write(&mut self, records: &[Record]) -> std::io::Result<()> {
        let gone = || std::io::Error::new(ErrorKind::NotFound, "the file is not where it was");
        let Some(file) = &mut self.open else { return Err(gone()) };
        let (ours, there) = (file.metadata()?, std::fs::metadata(&self.options.path)?);
        if (ours.dev(), ours.ino()) != (there.dev(), there.ino()) {
            return Err(gone()); // somebody put another one in its place
        }
        let mut bytes = String::new();
        for record in records {
            bytes += &record.json();
            bytes.push('\n');
        }
        let grown = ours.len() + bytes.len() as u64;
        if ours.len() > 0 && grown > self.rotate_at {
            match self.put_aside(records.first().map_or(0, |record| record.batch.saturating_sub(1))) {
                Ok(()) => self.rotate_at = self.options.bytes_most,
                Err(error) => {
                    // e.g. where the system lets nobody rename (chattr +a)
                    self.rotate_at = grown.saturating_mul(2);
                    tracing::warn!(%error, "the copy of the audit could not be put aside; it goes on growing");
                }
            }
        }
        let Some(file) = &mut self.open else { return Err(gone()) };
        file.write_all(bytes.as_bytes())?;
        file.sync_data()
    }

    fn put_aside(&mut self, last: u64) -> std::io::Result<()> {
        let path = &self.options.path;
        let mut aside = path.clone().into_os_string();
        aside.push(format!(".{last:012}"));
        if Path::new(&aside).try_exists()? {
            return Err(std::io::Error::new(ErrorKind::AlreadyExists, PathBuf::from(aside).display().to_string()));
        }
        std::fs::rename(path, &aside)?;
        self.open = Some(self.append()?);
        Ok(())
    }
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// The last whole record of a file; none when there is no file, or none in it.
fn last_record(path: &Path) -> std::io::Result<Option<Record>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = file.metadata()?.len();
    let mut tail = TAIL;
    loop {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(size.saturating_sub(tail)))?;
        (&file).take(tail).read_to_end(&mut bytes)?;
        let mut lines = bytes.split(|byte| *byte == b'\n').rev();
        let last = lines.find_map(|line| Record::read(std::str::from_utf8(line).ok()?));
        if last.is_some() || tail >= size {
            return Ok(last);
        }
        tail = tail.saturating_mul(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::CopyRead;
    use crate::record::tests::after;

    fn shelf(path: &Path, bytes_most: u64) -> Shelf {
        Shelf { options: CopyFile { path: path.to_owned(), bytes_most }, open: None, rotate_at: bytes_most }
    }

    fn some(mut head: Head, count: usize) -> Vec<Record> {
        (0..count)
            .map(|n| {
                let record = after(head, &["x".repeat(n * 100).as_str()]);
                head = record.head();
                record
            })
            .collect()
    }

    #[test]
    fn a_file_says_how_far_it_goes_even_after_a_crash() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.ndjson");
        let records = some(Head::START, 3);
        let mut first = shelf(&path, 1 << 20);
        assert_eq!(first.find(false).unwrap(), None);
        first.add(&records[..2]).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        // a crash in the middle of the third
        let torn = std::fs::read_to_string(&path).unwrap() + &records[2].json()[..50];
        std::fs::write(&path, torn).unwrap();
        let mut second = shelf(&path, 1 << 20);
        assert_eq!(second.find(true).unwrap(), Some(records[1].head()));
        second.add(&records[2..]).unwrap();
        let read = CopyRead::read(std::io::BufReader::new(File::open(&path).unwrap())).unwrap();
        assert_eq!((read.batches, read.unreadable, read.wrong), (3, 1, None));
        assert_eq!(shelf(&path, 1 << 20).find(true).unwrap(), Some(records[2].head()));
    }

    #[test]
    fn a_file_that_is_gone_is_not_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mount/audit.ndjson");
        assert_eq!(shelf(&path, 1).find(false).unwrap_err().code, "gone", "its folder must be there");
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        let mut open = shelf(&path, 1 << 20);
        open.find(false).unwrap();
        let records = some(Head::START, 2);
        open.add(&records[..1]).unwrap();
        std::fs::rename(&path, dir.path().join("elsewhere")).unwrap();
        assert_eq!(open.add(&records[1..]).unwrap_err().code, "gone");
        let gone = shelf(&path, 1 << 20).find(true).unwrap_err();
        assert!(gone.code == "gone" && gone.words.contains("mounted"), "{gone}");
        // another one in its place
        std::fs::write(&path, "").unwrap();
        assert_eq!(shelf(&path, 1 << 20).find(true).unwrap(), None, "everything is copied anew");
    }

    #[test]
    fn files_are_put_aside_by_size_and_followed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.ndjson");
        let records = some(Head::START, 12);
        let mut shelf = shelf(&path, 2_000);
        shelf.find(false).unwrap();
        for record in &records {
            shelf.add(std::slice::from_ref(record)).unwrap();
        }
        let mut names: Vec<String> =
            std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert!(names.len() > 2 && names[1].starts_with("audit.ndjson.0000000000"), "{names:?}");
        let mut all = Vec::new();
        for name in names[1..].iter().chain(&names[..1]) {
            all.extend(std::fs::read(dir.path().join(name)).unwrap());
        }
        let read = CopyRead::read(&all[..]).unwrap();
        assert_eq!((read.batches, read.wrong, read.missing), (12, None, None));
        // between putting aside and beginning anew
        let newest = names.last().unwrap();
        std::fs::remove_file(&path).unwrap();
        let number: u64 = newest.rsplit('.').next().unwrap().parse().unwrap();
        assert_eq!(self::shelf(&path, 2_000).find(true).unwrap().unwrap().batches, number);
    }
}
