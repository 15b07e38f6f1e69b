import FoundationEssentials

/// The machine's present run, from its start to its end.
package enum MachineRun {
    /// The kernel's name of it, another after each start; `nil` where it gives none (no `/proc`).
    ///
    /// What was written to a file in the same run is there to be read, whether it has reached the
    /// disk or not: nothing but the machine's end loses it.
    package static let id: String? = {
        // Without it everything is as after a restart.
        let text = try? String(
            contentsOf: URL(filePath: "/proc/sys/kernel/random/boot_id"), encoding: .utf8)
        return text?.split(separator: "\n").first.map(String.init)
    }()
}
