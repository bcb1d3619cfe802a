//! Photos of a device, from whoever stood beside it. Files are served as they were sent, under a policy that lets nothing
//! in them run.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chengshu_evidence::{EvidenceError, Hash, Kind};
use chengshu_store::Photo;
use schemars::JsonSchema;
use serde::Serialize;

use super::device::{missing, visible};
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;

/// Photos of one device at most.
const PHOTOS_MAX: i64 = 20;

/// A photo of a device.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PhotoView {
    /// SHA-256 of its bytes, hexadecimal: its name under `/photos`.
    hash: String,
    /// Its media type: image/jpeg, image/png or image/webp.
    media: String,
    /// How many bytes.
    bytes: i32,
    /// When it was sent, ms since 1970.
    at: i64,
    /// By whom; `device`: it sent it itself.
    caller: String,
}

impl From<Photo> for PhotoView {
    fn from(photo: Photo) -> Self {
        Self { hash: photo.hash, media: photo.media, bytes: photo.bytes, at: photo.at.ms(), caller: photo.caller }
    }
}

/// Photos of a device, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PhotoList {
    /// At most 20 that people took, and 100 that the device sent.
    photos: Vec<PhotoView>,
}

fn allowed(app: &App, who: &Who, id: &str) -> Result<(), Problem> {
    let known = app.board.read(|board| board.device(id).is_some_and(|slot| visible(slot, who)));
    known.then_some(()).ok_or_else(|| missing(id))
}

fn named(hash: &str) -> Result<Hash, Problem> {
    hash.parse().map_err(|error| Problem::bad_request(format!("path: the name of a photo is {hash:?}; {error}")))
}

fn none(hash: Hash) -> Problem {
    Problem::not_found(format!("the device has no photo {hash}"))
}

impl From<EvidenceError> for Problem {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Full { used, quota, .. } => Self::full(format!(
                "evidence takes {} of {} MiB; raise evidence.max_mib, or delete photos",
                used >> 20,
                quota >> 20
            )),
            EvidenceError::Damaged => {
                Self::not_found("the file is damaged on the hub's disk; delete the photo and send it again")
            }
            EvidenceError::Io(error) => {
                tracing::error!(%error, "evidence cannot be read or written");
                Self::unavailable("the hub's disk does not take or give the file; its log says why")
            }
        }
    }
}

/// Waits for the disk elsewhere.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EvidenceError> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(Problem::internal()),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<PhotoList>, Problem> {
    allowed(&app, &who, &id)?;
    let photos = app.store.photo_list(&who.scope, &id).await?;
    Ok(Json(PhotoList { photos: photos.into_iter().map(PhotoView::from).collect() }))
}

pub(crate) async fn add(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
    body: Bytes,
) -> Result<Json<PhotoView>, Problem> {
    allowed(&app, &who, &id)?;
    let kind = Kind::of_picture(&body)
        .ok_or_else(|| Problem::media("body: no picture by its first bytes; expected JPEG, PNG or WebP"))?;
    let full = || Problem::full(format!("the device has {PHOTOS_MAX} photos already; delete one first"));
    // before a file is written that nobody would ever ask for
    let photos = app.store.photo_list(&who.scope, &id).await?;
    if photos.iter().filter(|photo| photo.caller != "device").count() as i64 >= PHOTOS_MAX {
        return Err(full());
    }
    let bytes = i32::try_from(body.len()).map_err(|_| Problem::too_large("a photo has 10 MiB at most"))?;
    let shelf = Arc::clone(&app.evidence);
    let hash = on_disk(move || shelf.put(&body)).await?;
    let photo = Photo {
        hash: hash.to_string(),
        media: kind.media().to_owned(),
        bytes,
        at: app.clock.now(),
        caller: who.name(),
    };
    let mut tx = app.store.tx().await?;
    if !tx.photo_add(&id, &photo, PHOTOS_MAX).await? {
        return Err(full());
    }
    tx.commit_with(who.line_with("photo", &photo.hash)).await?;
    Ok(Json(photo.into()))
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Path((id, hash)): Path<(String, String)>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Response, Problem> {
    const POLICY: HeaderName = header::CONTENT_SECURITY_POLICY;
    allowed(&app, &who, &id)?;
    let hash = named(&hash)?;
    let photos = app.store.photo_list(&who.scope, &id).await?;
    let photo = photos.into_iter().find(|photo| photo.hash == hash.to_string()).ok_or_else(|| none(hash))?;
    let shelf = Arc::clone(&app.evidence);
    let bytes = on_disk(move || shelf.get(hash)).await?.ok_or_else(|| {
        Problem::not_found(
            "the file is not on the hub's disk, perhaps since a restore; delete the photo and send it again",
        )
    })?;
    let headers = [
        (header::CONTENT_TYPE, photo.media),
        (header::CACHE_CONTROL, "private, max-age=86400, immutable".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

pub(crate) async fn remove(
    State(app): State<App>,
    who: Who,
    Path((id, hash)): Path<(String, String)>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    allowed(&app, &who, &id)?;
    let hash = named(&hash)?;
    let mut tx = app.store.tx().await?;
    let others = tx.photo_remove(&id, &hash.to_string()).await?.ok_or_else(|| none(hash))?;
    tx.commit_with(who.line()).await?;
    if !others {
        let shelf = Arc::clone(&app.evidence);
        on_disk(move || shelf.remove(hash)).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
