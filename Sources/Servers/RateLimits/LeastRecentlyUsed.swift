/// A table of bounded size: what was not used for the longest time makes room for what is new.
///
/// All operations take constant time.
package struct LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var key: Key
        var value: Value
        /// Towards the one used last, and away from it.
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    private let most: Int
    private var places: [Key: Int] = [:]
    private var nodes: [Node] = []
    private var newest = Self.none
    private var oldest = Self.none

    /// Keeps so many at most, one at least.
    package init(most: Int) {
        precondition(most > 0, "a table has room for one at least")
        self.most = most
    }

    /// How many there are.
    package var count: Int { places.count }

    /// The value of a key, without using it.
    package func peek(_ key: Key) -> Value? { places[key].map { nodes[$0].value } }

    /// Sets the value of a key, which is then the one used last.
    package mutating func set(_ key: Key, _ value: Value) {
        if let place = places[key] {
            nodes[place].value = value
            unlink(place)
            link(place)
        } else if nodes.count < most {
            nodes.append(Node(key: key, value: value, newer: Self.none, older: Self.none))
            places[key] = nodes.count - 1
            link(nodes.count - 1)
        } else {
            let place = oldest
            places[nodes[place].key] = nil
            unlink(place)
            nodes[place].key = key
            nodes[place].value = value
            places[key] = place
            link(place)
        }
    }

    private mutating func unlink(_ place: Int) {
        let node = nodes[place]
        if node.newer == Self.none {
            newest = node.older
        } else {
            nodes[node.newer].older = node.older
        }
        if node.older == Self.none {
            oldest = node.newer
        } else {
            nodes[node.older].newer = node.newer
        }
    }

    private mutating func link(_ place: Int) {
        nodes[place].newer = Self.none
        nodes[place].older = newest
        if newest != Self.none { nodes[newest].newer = place }
        newest = place
        if oldest == Self.none { oldest = place }
    }
}
