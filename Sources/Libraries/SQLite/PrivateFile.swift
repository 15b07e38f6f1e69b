import Glibc

/// Keeps a database to its owner, whatever the process's umask says.
///
/// SQLite makes `-wal`, `-shm` and `-journal` with the permissions of the database's file
/// (`findCreateFileMode` in its os_unix.c), so that one decides for all.
enum PrivateFile {
    /// Makes a missing file with mode 0600, and takes what strangers may from one that is ours.
    ///
    /// Whatever keeps this from being done is reported by opening the database itself.
    static func prepare(_ path: String) {
        // A temporary database, one in memory, or a URI has no file of that name.
        guard !path.isEmpty, !path.hasPrefix(":"), !path.hasPrefix("file:") else { return }
        let made = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made < 0 else {
            _ = Glibc.close(made)
            return
        }
        for suffix in ["", "-wal", "-shm", "-journal"] { close(path + suffix, toStrangers: 0o007) }
    }

    /// Takes all permissions but the owner's from a file of ours that strangers may use; a group
    /// that was let in by hand stays in.
    private static func close(_ path: String, toStrangers strangers: mode_t) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid(), status.st_mode & strangers != 0
        else { return }
        _ = unsafe chmod(path, status.st_mode & 0o700)
    }
}
