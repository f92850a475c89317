//! From the events of a run to its report: a thread of its own that stamps,
//! masks, writes, shows and folds them, in one place and in one order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use conformance_model::{CatalogInfo, Event, EventLine, FoldError, ReportFold, RunReport};
use conformance_report::ReportError;
use conformance_report::events::EventWriter;
use conformance_report::progress::Progress;
use conformance_runner::Sink;

use crate::interrupt::Signal;
use crate::redact::Redaction;
use crate::{Failure, output};

/// Where events go.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// The file with the events, if reports are wanted.
    pub(crate) events: Option<EventWriter>,
    /// What must not be written.
    pub(crate) redaction: Redaction,
    /// Whether to show how the run goes.
    pub(crate) progress: bool,
}

/// Records a run.
#[derive(Debug)]
pub(crate) struct Session {
    sender: Sender<Message>,
    thread: JoinHandle<Result<RunReport, FoldError>>,
}

enum Message {
    Event(Box<EventLine>),
    End(Option<Ending>),
}

/// Why a run breaks off before its end.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    /// In the words of the report.
    pub(crate) words: String,
    /// The exit code, where it does not follow from the report.
    pub(crate) exit_code: Option<u8>,
}

impl From<Signal> for Ending {
    fn from(signal: Signal) -> Self {
        Self {
            words: signal.words().to_owned(),
            exit_code: Some(signal.exit_code()),
        }
    }
}

impl Session {
    /// Starts to record.
    pub(crate) fn start(catalog: CatalogInfo, targets: Targets) -> Result<Self, Failure> {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("reports".into())
            .spawn(move || record(&receiver, catalog, targets))
            .map_err(|error| Failure::harness(format!("no thread can be started: {error}")))?;
        Ok(Self { sender, thread })
    }

    /// What the runner writes its events to.
    pub(crate) fn sink(&self) -> Sink {
        let sender = self.sender.clone();
        Arc::new(move |event| {
            // The other end goes away only after the last event.
            let _ = sender.send(Message::Event(Box::new(EventLine::new(now(), event))));
        })
    }

    /// Ends the run and returns its report.
    pub(crate) fn finish(self, ending: Option<Ending>) -> Result<RunReport, Failure> {
        let _ = self.sender.send(Message::End(ending));
        match self.thread.join() {
            Ok(Ok(report)) => Ok(report),
            Ok(Err(error)) => Err(Failure::harness(error)),
            Err(_) => Err(Failure::harness("the report could not be made")),
        }
    }
}

fn record(
    messages: &Receiver<Message>,
    catalog: CatalogInfo,
    targets: Targets,
) -> Result<RunReport, FoldError> {
    let progress = if targets.progress {
        Progress::auto()
    } else {
        Progress::hidden()
    };
    let mut recorder = Recorder {
        progress: progress.with_cases(&catalog.cases),
        fold: ReportFold::new(catalog),
        events: targets.events,
        redaction: targets.redaction,
    };
    let mut ending = None;
    for message in messages {
        match message {
            Message::Event(line) => recorder.take(*line),
            Message::End(with) => {
                ending = with;
                break;
            }
        }
    }
    recorder.end(ending)
}

struct Recorder {
    fold: ReportFold,
    events: Option<EventWriter>,
    progress: Progress,
    redaction: Redaction,
}

impl Recorder {
    fn take(&mut self, line: EventLine) {
        let line = EventLine {
            event: self.redaction.event(line.event),
            ..line
        };
        self.progress.event(&line);
        if let Some(events) = &mut self.events
            && let Err(error) = events.write(&line)
        {
            // Told once; the other reports can still be written.
            self.events = None;
            self.fault(&error);
        }
        if let Err(error) = self.fold.push(&line) {
            self.fault(&error);
        }
    }

    /// Without the file, which may be what failed.
    fn fault(&mut self, error: &dyn std::fmt::Display) {
        let event = Event::Fault {
            provider: None,
            text: self.redaction.recorded(&error.to_string()),
        };
        if let Err(second) = self.fold.push(&EventLine::new(now(), event)) {
            output::notice(&format!("harness fault: {error}; {second}"));
        }
    }

    fn end(mut self, ending: Option<Ending>) -> Result<RunReport, FoldError> {
        let code = match ending.as_ref().and_then(|ending| ending.exit_code) {
            Some(code) => code,
            None => self.fold.exit_code()?.code(),
        };
        self.take(EventLine::new(
            now(),
            Event::RunFinished {
                exit_code: code,
                aborted: ending.map(|ending| ending.words),
            },
        ));
        self.progress.finish();
        self.fold.finish()
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// A report that cannot be written where it was asked for, before a run.
pub(crate) fn unusable_folder(error: &ReportError) -> Failure {
    Failure::usage(error)
}
