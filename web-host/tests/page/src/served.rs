//! The built page on a loopback server of the test's own.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use xtask::bundle::{self, Bundle, Profile};
use xtask::failure::Failure;
use xtask::serve::music::MusicFolder;
use xtask::serve::{Running, Server, Site};
use xtask::workspace::Workspace;

/// A served page; dropping it ends the server.
#[derive(Debug)]
pub struct Served {
    running: Running,
    bundles: Vec<Bundle>,
}

/// Tests of one program run side by side: the first builds, the others wait and find it built.
static BUILDING: Mutex<()> = Mutex::new(());

impl Served {
    /// The page with the demo album.
    ///
    /// # Errors
    ///
    /// The page cannot be built or served.
    pub fn demo() -> Result<Self, Failure> {
        let workspace = Workspace::find()?;
        Self::new(
            &workspace,
            &workspace.path("web-host/demo/music"),
            true,
            profile(),
            &[],
        )
    }

    /// The page with a music folder of the caller's.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn with_music(music: &Path) -> Result<Self, Failure> {
        Self::new(&Workspace::find()?, music, true, profile(), &[])
    }

    /// The page as a host without COOP and COEP serves it: no shared memory.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn without_isolation(music: &Path) -> Result<Self, Failure> {
        Self::new(&Workspace::find()?, music, false, profile(), &[])
    }

    /// The general form: `more` are folders to serve besides, as (prefix, folder).
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn new(
        workspace: &Workspace,
        music: &Path,
        isolated: bool,
        profile: Profile,
        more: &[(String, PathBuf)],
    ) -> Result<Self, Failure> {
        let page = {
            // A build that panicked in another test has left nothing half done that a new one trusts.
            let _building = BUILDING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            bundle::build(workspace, profile)?
        };
        let mut folders = vec![("/".to_owned(), page.dist)];
        folders.extend_from_slice(more);
        let site = Site {
            folders,
            music: Some(MusicFolder::open(music)?),
            without_isolation: !isolated,
        };
        let running = Server::bind(site, 0, 1)
            .and_then(Server::start)
            .map_err(|e| Failure::new(format!("cannot serve on loopback: {e}")))?;
        Ok(Self {
            running,
            bundles: page.bundles,
        })
    }

    /// The page's address.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// The bundles of the page and their sizes.
    pub fn bundles(&self) -> &[Bundle] {
        &self.bundles
    }
}

/// `cargo verify` sets `SEGUE_PAGE_PROFILE=web`, to test what is shipped; alone, tests take the quicker build.
fn profile() -> Profile {
    match env::var("SEGUE_PAGE_PROFILE").as_deref() {
        Ok("web") => Profile::Web,
        _ => Profile::WebDev,
    }
}
