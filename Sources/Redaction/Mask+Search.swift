internal import Sealing

extension Mask {
    /// Looks at what is new in the room.
    mutating func search() {
        let (set, room) = (set, room)
        set.text.withBytes { text in
            set.beginnings.withBytes { beginnings in
                room.withBytes { bytes in search(bytes, text, beginnings) }
            }
        }
    }

    private mutating func search(_ bytes: Span<UInt8>, _ text: Span<UInt8>, _ beginnings: Span<UInt8>) {
        while place < end {
            if running.isEmpty, rest == nil {
                escape = EscapeSequence()
                place = PatternSet.nextBeginning(bytes, place..<end, beginnings)
                guard place < end else { return }
            }
            step(bytes[place], text, beginnings)
            place += 1
        }
    }

    private mutating func step(_ byte: UInt8, _ text: Span<UInt8>, _ beginnings: Span<UInt8>) {
        let isBreak = Skip.isBreak(byte)
        let isUnseen = escape.takes(byte) || isBreak
        skips[place] = (isBreak ? 1 : 0) | (isUnseen ? 2 : 0)
        if !isUnseen { takeRest(byte) }
        goOn(byte, text, isBreak: isBreak, isUnseen: isUnseen)
        guard PatternSet.mayBegin(with: byte, beginnings) else { return }
        set.forEach(beginningWith: byte, beginnings) { number in
            if !isBreak { begin(number) }
            if !isUnseen { begin(set.patterns.count + number) }
        }
    }

    /// In base64 the last bits of a value may stand in a character together with what follows.
    private mutating func takeRest(_ byte: UInt8) {
        guard let mark = rest else { return }
        rest = nil
        guard Spelling.isBase64(byte) else { return }
        marks.append(Mark(range: place..<place + 1, view: mark.view, secret: mark.secret, isTold: true))
    }

    /// Follows the patterns that are found in part.
    private mutating func goOn(_ byte: UInt8, _ text: Span<UInt8>, isBreak: Bool, isUnseen: Bool) {
        var number = 0
        while number < running.count {
            let index = running[number]
            if index < set.patterns.count ? !isBreak : !isUnseen { advance(index, byte, text) }
            guard progress[index].matched == 0 else {
                number += 1
                continue
            }
            running.swapAt(number, running.count - 1)
            running.removeLast()
        }
    }

    private mutating func begin(_ index: Int) {
        guard progress[index].matched == 0 else { return }
        progress[index] = Progress(matched: 1, start: place)
        running.append(index)
    }

    private mutating func advance(_ index: Int, _ byte: UInt8, _ text: Span<UInt8>) {
        let pattern = set.pattern(at: index)
        let character = pattern.spelling.folded(byte)
        let start = pattern.range.lowerBound
        var matched = progress[index].matched
        if text[start + matched] != character, pattern.hidden(matched) >= MaskedSecret.least {
            if isWrap(index, isSame: text[start + matched - 1] == character) { return }
            if pattern.isTelling { mark(index, pattern, before: place) }
        }
        progress[index].isRepeated = false
        while matched > 0, text[start + matched] != character {
            drop(index, matched - set.fallback(pattern, matched))
            matched = set.fallback(pattern, matched)
        }
        if text[start + matched] == character {
            if matched == 0 { progress[index].start = place }
            matched += 1
        }
        if matched == pattern.range.count {
            mark(index, pattern, before: place + 1, isWhole: true)
            if pattern.hasRest { rest = marks.last }
            drop(index, matched - set.fallback(pattern, matched), before: place + 1)
            matched = set.fallback(pattern, matched)
        }
        progress[index].matched = matched
    }

    /// Editors print the last character of a row twice, and go over the second with the first of the next row, so that the terminal knows
    /// that the line goes on.
    private mutating func isWrap(_ index: Int, isSame: Bool) -> Bool {
        guard isSame, index >= set.patterns.count, !progress[index].isRepeated else { return false }
        progress[index].isRepeated = true
        return true
    }

    /// Lets the first characters of a match go.
    private mutating func drop(_ index: Int, _ count: Int, before end: Int? = nil) {
        let old = min(count, progress[index].shown)
        progress[index].shown -= old
        var left = count - old
        let end = end ?? place
        while progress[index].start < end {
            let isCounted = counts(progress[index].start, for: index)
            if isCounted, left == 0 { return }
            if isCounted { left -= 1 }
            progress[index].start += 1
        }
    }

    /// Whether a byte of the room is a character to a pattern's view.
    private func counts(_ place: Int, for index: Int) -> Bool {
        skips[place] & 1 << UInt8(index / set.patterns.count) == 0
    }

    /// What a match reaches over is hidden; earlier marks inside of it give way, but to a whole value only.
    mutating func mark(_ index: Int, _ pattern: Pattern, before end: Int, isWhole: Bool = false) {
        guard let view = View(rawValue: index / set.patterns.count) else { return }
        var start = progress[index].start
        while start < end, !counts(start, for: index) { start += 1 }
        while let last = marks.last, last.range.lowerBound >= start, isWhole || last.range.lowerBound > start {
            marks.removeLast()
        }
        if let last = marks.last, last.range.upperBound > start {
            guard last.view != view || last.secret != pattern.secret else {
                return marks[marks.count - 1].range = last.range.lowerBound..<max(end, last.range.upperBound)
            }
            start = last.range.upperBound
        }
        guard start < end else { return }
        marks.append(Mark(range: start..<end, view: view, secret: pattern.secret))
    }

    /// Appends what is before a place of the room, with labels for what is hidden, and forgets it.
    mutating func release(before limit: Int, into shown: inout [UInt8]) {
        let (room, marks) = (room, marks)
        var left: [Mark] = []
        room.withBytes { bytes in
            var place = 0
            for var mark in marks {
                if mark.range.lowerBound >= limit {
                    left.append(mark)
                    continue
                }
                Self.append(bytes, place..<mark.range.lowerBound, to: &shown)
                if !mark.isTold { shown += set.labels[mark.secret] }
                place = min(limit, mark.range.upperBound)
                for hidden in mark.range.lowerBound..<place where skips[hidden] & 1 << UInt8(mark.view.rawValue) != 0 {
                    shown.append(bytes[hidden])
                }
                mark.isTold = true
                mark.range = place..<mark.range.upperBound
                if !mark.range.isEmpty { left.append(mark) }
            }
            Self.append(bytes, place..<limit, to: &shown)
        }
        self.marks = left
        forget(limit)
    }

    private static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to shown: inout [UInt8]) {
        guard !range.isEmpty else { return }
        unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe shown.append(contentsOf: $0) }
    }

    private mutating func forget(_ count: Int) {
        guard count > 0 else { return }
        for index in running { forget(count, index) }
        marks = marks.map { mark in
            var mark = mark
            mark.range = mark.range.lowerBound - count..<mark.range.upperBound - count
            return mark
        }
        if count < end {
            room.moveToStart(count..<end)
            for place in count..<end { skips[place - count] = skips[place] }
        }
        place -= count
        end -= count
    }

    private mutating func forget(_ count: Int, _ index: Int) {
        while progress[index].start < min(count, end) {
            if counts(progress[index].start, for: index) { progress[index].shown += 1 }
            progress[index].start += 1
        }
        progress[index].start -= count
    }
}
