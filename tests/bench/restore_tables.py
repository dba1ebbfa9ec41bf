# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements of restore.py and restore_rivals.py as tables: one block of
Markdown for each pair of marks <!-- restore NAME --> and
<!-- /restore NAME --> of plugin/docs/restore.md."""

from statistics import mean

from page import table

# What evaluate.py measures of the bundled model, from the model card; and the
# least gain over the JPEG at each quality.
CARD = {'15': 34.69, '25': 32.22, '50': 29.15}
GAINS = {'10': 1.2, '20': 1.3, '30': 1.3, '40': 1.3}
POLYU_GOAL, LARGE_GOAL, KODAK_GOAL = 38.2, 45.0, 38.0
SECONDS, MIB = 45, 1229

RIVAL_KINDS = (('polyu', ('PolyU',)), ('white', ('15', '25', '50')),
               ('jpeg', ('10', '30')))


def whole(out, kind, row, number=24):
    """What was found of so many pictures at least; of fewer, nothing."""
    found = out.get(kind, {}).get(row, {})
    return found if len(found) >= number else {}


def average(found, key, only=None):
    """Over the pictures, or those with these names."""
    values = [v[key] for name, v in found.items()
              if only is None or name in only]
    return mean(values) if values else None


def dB(value, sign=False):                    # pylint: disable=invalid-name
    if value is None:
        return '–'
    return f'{value:+.2f}' if sign else f'{value:.2f}'


def quarter(found):
    """Every fourth of all crops in order of names."""
    return sorted(found)[::4]


def lowest(found, key):
    return min(v[key] for v in found.values())


def reached(good):
    return good if isinstance(good, str) else 'yes' if good else '**no**'


def blind_goal(out, sigma, card):
    """Within 0.1 dB of what is reached where the level is known."""
    found = whole(out, 'known', sigma)
    return (average(found, 'after') if found else card) - 0.1


def white_targets(out):
    for sigma, card in CARD.items():
        found = whole(out, 'known', sigma)
        if found:
            value = average(found, 'after')
            yield (f'Kodak, white noise {sigma}, level known',
                   f'{card - 0.02:.2f} dB', f'{dB(value)} dB',
                   value >= card - 0.02)
    for kind, text in (('white', 'float files'), ('files', '8-bit files')):
        for sigma, card in CARD.items():
            found = whole(out, kind, sigma)
            if found:
                value = average(found, 'after')
                goal = blind_goal(out, sigma, card)
                yield (f'Kodak, white noise {sigma}, blind, {text}',
                       f'{goal:.2f} dB', f'{dB(value)} dB', value >= goal)


def polyu_targets(out):
    found = whole(out, 'polyu', 'PolyU', 100)
    if found:
        value = average(found, 'after', quarter(found))
        yield ('PolyU, every fourth crop', f'{POLYU_GOAL} dB',
               f'{dB(value)} dB', value >= POLYU_GOAL)


def gain(found, kind=''):
    return average(found, kind + 'after') - average(found, kind + 'before')


def jpeg_targets(out):
    for quality, goal in GAINS.items():
        found = whole(out, 'jpeg', quality)
        if not found:
            continue
        value = gain(found)
        yield (f'JPEG quality {quality}, Kodak, luminance', f'{goal:+.1f} dB',
               f'{dB(value, True)} dB', value >= goal)
    found = out.get('jpeg', {})
    if found:
        worst = min(v['chroma after'] - v['chroma before']
                    for row in found.values() for v in row.values())
        yield ('JPEG, colour, the picture that gains least', 'not worse',
               f'{dB(worst, True)} dB', worst >= -0.05)


def untouched_targets(out):
    for row, goal, text in (
            ('large', LARGE_GOAL, 'ten photographs reduced fourfold'),
            ('Kodak', KODAK_GOAL, 'Kodak as it is')):
        found = whole(out, 'untouched', row, 10 if row == 'large' else 24)
        if found:
            value, least = average(found, 'after'), lowest(found, 'after')
            yield (f'nothing to do: {text}', f'{goal:.0f} dB',
                   f'{dB(value)} dB, the least {dB(least)}',
                   least >= goal or (value >= goal and 'on average'))


def time_targets(out):
    found = out.get('time', {})
    for row, values in found.items():
        values = next(iter(values.values()))
        if row == '12 MP':
            half = values['CPU seconds'] / 2
            yield ('12 MP, two cores, ' + values['cpu'], f'{SECONDS} s',
                   f"{values['seconds']:.0f} s, {half:.0f} s of each core",
                   values['seconds'] <= SECONDS or
                   (half <= SECONDS and 'by the time of the cores'))
        else:
            yield ('24 MP, peak memory', '1.2 GiB', f"{values['MiB']:.0f} MiB",
                   values['MiB'] <= MIB)


def targets_block(out, _):
    rows = [(what, least, measured, reached(good)) for part in (
        white_targets, polyu_targets, jpeg_targets, untouched_targets,
        time_targets) for what, least, measured, good in part(out)]
    return table(('what', 'at least (at most)', 'measured', 'reached'), rows)


def white_block(out, _):
    rows = []
    for sigma, card in CARD.items():
        found = whole(out, 'known', sigma)
        cells = [sigma, dB(card),
                 dB(average(found, 'after')) if found else '–']
        for kind in ('white', 'files'):
            found = whole(out, kind, sigma)
            cells += [dB(average(found, 'after')) if found else '–',
                      f"{average(found, 'noise'):.1f}" if found else '–']
        rows.append(cells)
    return table(('noise', 'model card', 'level known', 'blind, float file',
                  'measured noise', 'blind, 8-bit file', 'measured noise'),
                 rows)


def polyu_block(out, _):
    found = whole(out, 'polyu', 'PolyU', 100)
    if not found:
        return 'Not measured.'
    rows = [(text, *(dB(average(found, key, only))
                     for only in (quarter(found), None)))
            for text, key in (('as they are', 'before'),
                              ('restored', 'after'))]
    worse = sum(v['after'] < v['before'] for v in found.values())
    return table(('', 'every fourth crop', 'all'), rows) + (
        f'\n\nOf {len(found)} crops {worse} came out further from the truth '
        'than they were.')


def jpeg_block(out, _):
    rows = []
    for quality in GAINS:
        found = whole(out, 'jpeg', quality)
        grey = whole(out, 'grey', quality)
        rows.append((
            quality,
            *(dB(average(found, key)) if found else '–'
              for key in ('before', 'after')),
            dB(gain(found), True) if found else '–',
            dB(gain(found, 'chroma '), True) if found else '–',
            *(dB(average(grey, key)) if grey else '–'
              for key in ('before', 'after')),
            dB(gain(grey), True) if grey else '–'))
    return table(('quality', 'JPEG, luminance', 'restored', 'gain',
                  'gain in colour', 'grey JPEG', 'restored', 'gain'), rows)


def estimate_block(out, _):
    rows = []
    for row, found in out.get('estimate', {}).items():
        ratios = [v['noise'] / v['true'] for v in found.values()]
        errors = sorted(abs(r - 1) for r in ratios)
        name = f'white, {row}' if row.isdigit() else row
        rows.append((name, f"{average(found, 'true'):.1f}",
                     f"{average(found, 'noise'):.1f}",
                     *(f'{100 * x:.0f} %' for x in (
                         mean(errors), errors[len(errors) // 2],
                         max(errors)))))
    return table(('noise', 'true', 'measured', 'mean error', 'median',
                  'largest'), rows) if rows else 'Not measured.'


def beside_block(out, rivals):
    if not rivals:
        return 'Not measured.'
    methods = []
    for kind, _ in RIVAL_KINDS:
        for row in rivals.get(kind, {}).values():
            methods += [m for m in row if m not in methods]
    lines = {m: [m] for m in ['as they are', *methods, 'restored']}
    head = ['']
    for kind, rows in RIVAL_KINDS:
        for row in rows:
            theirs = rivals.get(kind, {}).get(row, {})
            ours = out.get(kind, {}).get(row, {})
            names = max(theirs.values(), key=len, default={})
            if not set(names) <= set(ours):
                ours = {}
            head.append({'polyu': 'PolyU', 'white': f'noise {row}',
                         'jpeg': f'JPEG {row}'}[kind])
            lines['as they are'].append(dB(average(ours, 'before', names)))
            lines['restored'].append(dB(average(ours, 'after', names)))
            for method in methods:
                values = theirs.get(method, {})
                lines[method].append(
                    dB(mean(v[0] for v in values.values()))
                    if values and len(values) == len(names) else '–')
    return table(head, lines.values())


def time_block(out, _):
    rows = [(row, values['cpu'], f"{values['seconds']:.1f} s",
             f"{values['CPU seconds']:.1f} s",
             f"{values['MiB']:.0f} MiB", values['load'])
            for row, found in out.get('time', {}).items()
            for values in found.values()]
    return table(('photograph', 'kernels', 'time', 'of CPUs', 'peak memory',
                  'load averages'), rows) if rows else 'Not measured.'


def blocks(out, rivals):
    return {name: block(out, rivals) for name, block in (
        ('targets', targets_block), ('white', white_block),
        ('polyu', polyu_block), ('jpeg', jpeg_block),
        ('estimate', estimate_block), ('beside', beside_block),
        ('time', time_block))}
