import Lifecycle
import Sealing
import Storage
import Wire

@testable import Vault

/// What whoever owns the disk may do to a vault without having its keys, each under a name.
struct HostileStore {
    /// The vault as it is, as it was before, and a vault of somebody else.
    let now: StoreDump
    let earlier: [StoreDump]
    let foreign: StoreDump

    typealias Attack = (name: String, dump: StoreDump)

    var attacks: [Attack] { rowAttacks + versionAttacks + valueAttacks + slotAttacks + manifestAttacks + wholeAttacks }

    private func changed(_ name: String, _ change: (inout StoreDump) -> Void) -> Attack? {
        var dump = now
        change(&dump)
        return dump == now ? nil : (name, dump)
    }

    private func node(of row: StoredRow) -> UInt8 { row.tag[0] }

    private var rowAttacks: [Attack] {
        var attacks: [Attack?] = []
        for row in now.sortedRows {
            let (id, name) = (row.id, "row \(row.id.description.prefix(6))")
            attacks.append(changed("\(name) gone") { $0.rows[id] = nil })
            attacks.append(
                changed("\(name) gone, node emptied") { dump in
                    dump.rows[id] = nil
                    dump.nodes[node(of: row)] = nil
                })
            attacks.append(changed("\(name) not due") { $0.rows[id]?.due = nil })
            attacks.append(changed("\(name) due late") { $0.rows[id]?.due = Timestamp(seconds: 9_000_000_000) })
            attacks.append(changed("\(name) of another epoch") { $0.rows[id]?.epoch = 2 })
            attacks.append(changed("\(name) body cut") { _ = $0.rows[id]?.body.popLast() })
            for (time, past) in earlier.enumerated() {
                attacks.append(changed("\(name) from \(time)") { $0.rows[id] = past.rows[id] })
                attacks.append(
                    changed("\(name) and versions from \(time)") { dump in
                        (dump.rows[id], dump.versions[id]) = (past.rows[id], past.versions[id])
                    })
                attacks.append(
                    changed("\(name), versions and node from \(time)") { dump in
                        (dump.rows[id], dump.versions[id]) = (past.rows[id], past.versions[id])
                        dump.nodes[node(of: row)] = past.nodes[node(of: row)]
                    })
            }
        }
        for (left, right) in zip(now.sortedRows, now.sortedRows.dropFirst()) {
            attacks.append(
                changed("tags swapped") { dump in
                    dump.rows[left.id]?.tag = right.tag
                    dump.rows[right.id]?.tag = left.tag
                })
            attacks.append(
                changed("bodies swapped") { dump in
                    dump.rows[left.id]?.body = right.body
                    dump.rows[right.id]?.body = left.body
                })
        }
        for row in foreign.sortedRows { attacks.append(changed("foreign row") { $0.rows[row.id] = row }) }
        for past in earlier {
            for row in past.sortedRows where now.rows[row.id] == nil {
                attacks.append(
                    changed("removed row back") { dump in
                        (dump.rows[row.id], dump.versions[row.id]) = (row, past.versions[row.id])
                    })
            }
        }
        return attacks.compactMap(\.self)
    }

    private var versionAttacks: [Attack] {
        var attacks: [Attack?] = []
        let ids = now.sortedRows.map(\.id)
        for (id, next) in zip(ids, ids.dropFirst() + ids.prefix(1)) {
            for (number, version) in now.versions[id] ?? [:] {
                attacks.append(changed("version gone") { $0.versions[id]?[number] = nil })
                attacks.append(changed("value gone") { $0.versions[id]?[number]?.value = nil })
                attacks.append(changed("epoch changed") { $0.versions[id]?[number]?.epoch = 7 })
                attacks.append(
                    changed("value of another record") {
                        $0.versions[id]?[number]?.value = now.versions[next]?[1]?.value
                    }
                )
                attacks.append(
                    changed("description of another record") { dump in
                        dump.versions[id]?[number]?.description = now.versions[next]?[1]?.description ?? []
                    })
                attacks.append(
                    changed("value in place of its description") {
                        $0.versions[id]?[number]?.description = version.value ?? []
                    })
                attacks.append(changed("version twice") { $0.versions[id]?[number + 50] = version })
            }
            for past in earlier {
                for (number, version) in past.versions[id] ?? [:] where now.versions[id]?[number] == nil {
                    attacks.append(changed("dead version back") { $0.versions[id]?[number] = version })
                }
            }
        }
        return attacks.compactMap(\.self)
    }

    private var valueAttacks: [Attack] {
        var attacks: [Attack?] = []
        for (key, value) in now.values where key != Vault.Key.lockedByPerson {
            attacks.append(changed("\(key) gone") { $0.values[key] = nil })
            attacks.append(changed("\(key) emptied") { $0.values[key] = [] })
            attacks.append(changed("\(key) one bit") { $0.values[key]?[value.count / 2] ^= 4 })
            attacks.append(
                changed("\(key) renamed") { dump in
                    dump.values[key] = nil
                    dump.values[key + "x"] = value
                })
            attacks.append(changed("\(key) foreign") { $0.values[key] = foreign.values[key] ?? value })
            for past in earlier {
                attacks.append(changed("\(key) from before") { $0.values[key] = past.values[key] })
            }
        }
        for past in earlier {
            for (key, value) in past.values where now.values[key] == nil {
                attacks.append(changed("\(key) back") { $0.values[key] = value })
            }
        }
        for (key, value) in foreign.values where now.values[key] == nil {
            attacks.append(changed("foreign \(key.prefix(5))") { $0.values[key] = value })
        }
        attacks.append(changed("consent") { $0.values["consent/00000000000000000000000000000000"] = [1] })
        return attacks.compactMap(\.self)
    }

    /// Headers that ask for less or more work, or for another kind or vault (ENVELOPE.md, slot).
    private var slotAttacks: [Attack] {
        var attacks: [Attack?] = []
        for (key, slot) in now.values where key.hasPrefix(Vault.Key.slots) {
            for passes in [0, 1, 2, 11, 255] as [UInt8] {
                attacks.append(changed("\(passes) passes") { $0.values[key]?[39] = passes })
            }
            for megabytes in [0, 1, 8, 19, 32, 63, 4096] {
                let memory = UInt64(megabytes) << 20
                attacks.append(
                    changed("\(megabytes) MiB") {
                        $0.values[key]?.replaceSubrange(40..<48, with: bigEndianBytes(memory))
                    })
            }
            for kind in UInt8(0)...6 { attacks.append(changed("kind \(kind)") { $0.values[key]?[1] = kind }) }
            for place in [0, 2, 3, 4, 19, 20, 35, 48, 63, 64, 87, 88, 135, 136, 167] {
                attacks.append(changed("slot byte \(place)") { $0.values[key]?[place] ^= 0x80 })
            }
            for (other, bytes) in now.values where other.hasPrefix(Vault.Key.slots) && other != key {
                attacks.append(changed("slots swapped") { ($0.values[key], $0.values[other]) = (bytes, slot) })
                attacks.append(
                    changed("body of another slot") { $0.values[key]?.replaceSubrange(64..., with: bytes[64...]) })
            }
        }
        return attacks.compactMap(\.self)
    }

    private var manifestAttacks: [Attack] {
        var attacks: [Attack?] = []
        let places = [0, 4, 6, 8, 23, 24, 31, 35, 43, 44, 75, 76, 83, 84, 115, 116, 4000, 8307, 8308, 8339]
        for place in places {
            attacks.append(changed("head byte \(place)") { $0.values[Vault.Key.manifest]?[place] ^= 1 })
        }
        for (number, node) in now.nodes {
            attacks.append(changed("node gone") { $0.nodes[number] = nil })
            attacks.append(changed("node bit") { $0.nodes[number]?[77] ^= 1 })
            attacks.append(changed("node cut") { $0.nodes[number] = Array(node.dropLast()) })
            for past in earlier {
                attacks.append(changed("node from before") { $0.nodes[number] = past.nodes[number] })
            }
        }
        for past in earlier {
            attacks.append(
                changed("all nodes and the head from before") { dump in
                    dump.nodes = past.nodes
                    dump.values[Vault.Key.manifest] = past.values[Vault.Key.manifest]
                })
        }
        return attacks.compactMap(\.self)
    }

    private var wholeAttacks: [Attack] {
        var attacks: [Attack] = earlier.enumerated().map { ("all of it from \($0.offset)", $0.element) }
        attacks.append(("somebody else's vault", foreign))
        for (time, past) in earlier.enumerated() {
            var dump = past
            dump.journal = now.journal
            attacks.append(("all but the journal from \(time)", dump))
            dump = past
            dump.values = now.values
            attacks.append(("all but the values from \(time)", dump))
        }
        return attacks.filter { $0.dump != now }
    }
}
