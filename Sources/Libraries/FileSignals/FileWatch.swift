import Glibc

/// Tells when files are written, by any process: `inotify(7)`.
///
/// Its system calls may be made from any thread, so it is `Sendable`; one thread waits.
package final class FileWatch: Sendable {
    private let events: Int32
    /// A pipe: a byte in it makes the waiting thread return.
    private let interruption: (read: Int32, write: Int32)

    /// Begins to watch nothing.
    ///
    /// - Throws: `FileError` if the system has no watches left (`fs.inotify.max_user_instances`).
    package init() throws(FileError) {
        events = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        var ends: [Int32] = [-1, -1]
        let made = unsafe pipe(&ends)
        interruption = (ends[0], ends[1])
        guard events >= 0, made == 0 else {
            throw FileError(code: errno, operation: "watch", path: "inotify")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        for descriptor in [events, interruption.read, interruption.write] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// Watches a file for writes, making it if it is missing; the same file gives the same number.
    ///
    /// - Throws: `FileError` if it cannot be made, or no watch is left
    ///   (`fs.inotify.max_user_watches`).
    package func add(_ path: String) throws(FileError) -> Int32 {
        _ = try FileHandle(path: path)
        let number = unsafe inotify_add_watch(events, path, UInt32(IN_MODIFY))
        guard number >= 0 else { throw FileError(code: errno, operation: "watch", path: path) }
        return number
    }

    /// Stops watching a file.
    package func remove(_ number: Int32) {
        // It may have gone with its file already, which is as good.
        _ = inotify_rm_watch(events, number)
    }

    /// Blocks the thread until a watched file was written, an interruption, or the time is over.
    ///
    /// - Returns: The numbers of the files written, or `nil` if events were lost and any file may
    ///   have been.
    package func wait(milliseconds: Int32) -> Set<Int32>? {
        var waiting = [
            pollfd(fd: events, events: Int16(POLLIN), revents: 0),
            pollfd(fd: interruption.read, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(&waiting, 2, milliseconds)
        guard count > 0, waiting[0].revents != 0 else { return [] }
        return drain()
    }

    /// Makes a waiting thread return, now and from then on.
    package func interrupt() {
        var one: UInt8 = 1
        _ = unsafe write(interruption.write, &one, 1)
    }

    private func drain() -> Set<Int32>? {
        var written: Set<Int32> = []
        var lost = false
        // Room for 256 events of files that are watched by themselves, so carry no name.
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(events, &buffer, buffer.count)
            guard count > 0 else { return lost ? nil : written }
            var at = 0
            while at + MemoryLayout<inotify_event>.size <= count {
                let event = unsafe buffer.withUnsafeBytes {
                    unsafe $0.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
                }
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { lost = true }
                written.insert(event.wd)
                at += MemoryLayout<inotify_event>.size + Int(event.len)
            }
        }
    }
}
