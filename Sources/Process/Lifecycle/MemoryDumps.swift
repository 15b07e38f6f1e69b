import CLinux

/// What is left of a process's memory when it crashes.
package enum MemoryDumps {
    /// Forbids core dumps of this process, and looking into its memory to all but root.
    ///
    /// It holds keys and what people wrote. Answers whether the system agreed.
    @discardableResult
    package static func forbid() -> Bool { linux_forbid_dumps() == 0 }
}
