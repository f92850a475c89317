//! Faults of blob stores: one file for each area of the specification, each with its
//! faults and, at its end or start, the list of the mutants made of them.

mod admin;
mod again;
mod append;
mod append_beside;
mod append_late;
mod argument_order;
mod basic;
mod bytes;
mod calls;
mod conditional;
mod conditional_meanwhile;
mod conditions;
mod copied_over;
mod copies;
mod core_copies;
mod core_lists;
mod core_puts;
mod core_sessions;
mod core_streams;
mod core_values;
mod cursors;
mod deletion;
mod delimiters;
mod describe;
mod errors;
mod extended_errors;
mod extended_kept;
mod extended_names;
mod extended_races;
mod extended_renames;
mod extended_streams;
mod extended_uploads;
mod extended_versions;
mod get;
mod grown;
mod handles;
mod head;
mod history;
mod history_functions;
mod history_ghosts;
mod history_origins;
mod history_pages;
mod history_reading;
mod history_removed;
mod history_sparse;
mod kept_reads;
mod large;
mod links;
mod list;
mod list_places;
mod listing;
mod metadata;
mod moves;
mod name_stream;
mod names;
mod names_elsewhere;
mod open;
mod overlaps;
mod pauses;
mod put;
mod put_leftovers;
mod put_precedence;
mod range;
mod removed_meanwhile;
mod rename;
mod rename_over;
mod session;
mod states;
mod stream;
mod tools;
mod upload_again;
mod upload_described;
mod upload_ends;
mod upload_files;
mod upload_lists;
mod upload_meanwhile;
mod upload_objects;
mod upload_parts;
mod upload_steps;
mod uploads;
mod versions;
mod whichever;
mod whole;
mod written_by_copy;

use crate::Mutant;

/// A fault below the portable layer.
macro_rules! driver {
    ($fault:expr) => {
        $crate::mutant::Layer::ContainerDriver(|| std::sync::Arc::new($fault))
    };
}

/// A fault in front of an open container.
macro_rules! container {
    ($fault:expr) => {
        $crate::mutant::Layer::Container(|| std::sync::Arc::new($fault))
    };
}

use super::platform;
use {container, driver};

/// Every mutant of blob stores, ordered by area.
pub(super) fn mutants() -> Vec<Mutant> {
    [
        basic::MUTANTS,
        open::MUTANTS,
        handles::MUTANTS,
        names::MUTANTS,
        names_elsewhere::MUTANTS,
        bytes::MUTANTS,
        put::MUTANTS,
        put_leftovers::MUTANTS,
        put_precedence::MUTANTS,
        large::MUTANTS,
        stream::MUTANTS,
        overlaps::MUTANTS,
        pauses::MUTANTS,
        get::MUTANTS,
        range::MUTANTS,
        head::MUTANTS,
        metadata::MUTANTS,
        versions::MUTANTS,
        conditions::MUTANTS,
        deletion::MUTANTS,
        copies::MUTANTS,
        copied_over::MUTANTS,
        written_by_copy::MUTANTS,
        moves::MUTANTS,
        list::MUTANTS,
        delimiters::MUTANTS,
        cursors::MUTANTS,
        list_places::MUTANTS,
        name_stream::MUTANTS,
        session::MUTANTS,
        kept_reads::MUTANTS,
        calls::MUTANTS,
        errors::MUTANTS,
        argument_order::MUTANTS,
        describe::MUTANTS,
        admin::MUTANTS,
        again::MUTANTS,
        conditional::MUTANTS,
        conditional_meanwhile::MUTANTS,
        removed_meanwhile::MUTANTS,
        rename::MUTANTS,
        rename_over::MUTANTS,
        uploads::MUTANTS,
        append::MUTANTS,
        append_late::MUTANTS,
        append_beside::MUTANTS,
        grown::MUTANTS,
        links::MUTANTS,
        history::MUTANTS,
        history_functions::MUTANTS,
        history_pages::MUTANTS,
        history_ghosts::MUTANTS,
        history_reading::MUTANTS,
        history_removed::MUTANTS,
        history_sparse::MUTANTS,
        history_origins::MUTANTS,
        upload_described::MUTANTS,
        upload_parts::MUTANTS,
        upload_ends::MUTANTS,
        upload_again::MUTANTS,
        upload_objects::MUTANTS,
        upload_files::MUTANTS,
        upload_lists::MUTANTS,
        upload_meanwhile::MUTANTS,
        upload_steps::MUTANTS,
        whichever::MUTANTS,
        extended_errors::MUTANTS,
        extended_kept::MUTANTS,
        extended_names::MUTANTS,
        extended_races::MUTANTS,
        extended_renames::MUTANTS,
        extended_streams::MUTANTS,
        extended_uploads::MUTANTS,
        extended_versions::MUTANTS,
        core_puts::MUTANTS,
        core_streams::MUTANTS,
        core_lists::MUTANTS,
        core_sessions::MUTANTS,
        core_copies::MUTANTS,
        core_values::MUTANTS,
    ]
    .concat()
}
