//! The built page on a loopback server of the test's own.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use xtask::bundle::{self, Bundle, Profile, Source};
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

/// What is served besides the defaults of [`Served::demo`].
#[derive(Debug, Clone)]
pub struct Setup {
    /// The music folder.
    pub music: PathBuf,
    /// Whether COOP and COEP are sent, and so memory can be shared.
    pub isolated: bool,
    /// How the bundles are compiled.
    pub profile: Profile,
    /// Bundles besides the shipped ones.
    pub sources: Vec<Source>,
    /// Folders besides the page, as (prefix, folder).
    pub folders: Vec<(String, PathBuf)>,
}

impl Setup {
    /// The demo album, isolated, compiled as `SEGUE_PAGE_PROFILE` says.
    pub fn demo(workspace: &Workspace) -> Self {
        Self {
            music: workspace.path("web-host/demo/music"),
            isolated: true,
            profile: profile(),
            sources: Vec::new(),
            folders: Vec::new(),
        }
    }
}

impl Served {
    /// The page with the demo album.
    ///
    /// # Errors
    ///
    /// The page cannot be built or served.
    pub fn demo() -> Result<Self, Failure> {
        let workspace = Workspace::find()?;
        let setup = Setup::demo(&workspace);
        Self::new(&workspace, setup)
    }

    /// The page with a music folder of the caller's.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn with_music(music: &Path) -> Result<Self, Failure> {
        let workspace = Workspace::find()?;
        let setup = Setup {
            music: music.to_path_buf(),
            ..Setup::demo(&workspace)
        };
        Self::new(&workspace, setup)
    }

    /// The page as a host without COOP and COEP serves it: no shared memory.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn without_isolation(music: &Path) -> Result<Self, Failure> {
        let workspace = Workspace::find()?;
        let setup = Setup {
            music: music.to_path_buf(),
            isolated: false,
            ..Setup::demo(&workspace)
        };
        Self::new(&workspace, setup)
    }

    /// The general form.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or the page cannot be built or served.
    pub fn new(workspace: &Workspace, setup: Setup) -> Result<Self, Failure> {
        let page = {
            // A build that panicked in another test has left nothing half done that a new one trusts.
            let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
            bundle::build_with(workspace, setup.profile, &setup.sources)?
        };
        let mut folders = vec![("/".to_owned(), page.dist)];
        folders.extend(setup.folders);
        let music = Some(MusicFolder::open(&setup.music)?);
        let site = Site {
            folders,
            music,
            without_isolation: !setup.isolated,
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
