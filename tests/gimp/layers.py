# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the new layers go, what they keep of their source, their record."""

import array
import configparser
import os

from gi.repository import Gimp, Gio

from harness import (add_layer, check, equal, every_layer, farthest, floats,
                     largest, new_image, raw, read, scene, scheme, seen, vary,
                     write)


def names(layers):
    """The names of layers."""
    return [layer.get_name() for layer in layers]


def record(layer):
    """What the layer's parasite says, by key."""
    parasite = layer.get_parasite("gimp-diffusion")
    check(parasite is not None, "no record on", layer.get_name())
    check(parasite.is_persistent(), "the record is not saved")
    text = bytes(parasite.get_data()).rstrip(b"\0").decode()
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return dict(parser["diffusion"])


def test_names_and_order():
    """Names say strength, seed and source; the first is the lowest"""
    image = new_image()
    below = add_layer(image, name="Below")
    source = add_layer(image, name="Beach")
    above = add_layer(image, name="Above")
    results = vary(image, [source], seed=7, num_variations=3, strength=12.5)
    equal(names(results), ["12.5 % #7 – Beach", "12.5 % #8 – Beach",
                           "12.5 % #9 – Beach"], "names")
    equal(names(image.get_layers()),
          names([above] + results[::-1] + [source, below]), "layer stack")


def test_defaults():
    """The defaults are those of the dialog"""
    image = new_image(16, 16)
    source = add_layer(image)
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-diffusion")
    config = procedure.create_config()
    found = {name: config.get_property(name) for name in
             ("strength", "num-variations", "seed", "steps", "sampler",
              "model", "eta", "tileable", "keep-colours", "group",
              "selection-mask", "vary", "vary-seed", "picks", "chain-frames",
              "chain-as", "task", "made-of", "structure", "layout")}
    equal(found, {"strength": 40.0, "num-variations": 4, "seed": 0,
                  "steps": 12, "sampler": "dpmpp-2m-karras", "model": "photo",
                  "eta": 0.0, "tileable": False, "keep-colours": False,
                  "group": False, "selection-mask": True, "vary": 0.0,
                  "vary-seed": 0, "picks": "", "chain-frames": 0,
                  "chain-as": "group", "task": "vary",
                  "made-of": "layer-finished", "structure": 30.0,
                  "layout": 50.0}, "defaults")
    equal(names(vary(image, [source], steps=1))[3],
          "40 % #3 – Beach", "name")


def test_record():
    """Each layer carries what made it"""
    image = new_image()
    source = add_layer(image)
    results = vary(image, [source], seed=5, num_variations=2, strength=20.0,
                   steps=3, sampler="ddim", eta=0.5, keep_colours=True)
    found = record(results[1])
    check(len(found["model-hash"]) == 16, "hash:", found["model-hash"])
    check(int(found["model-hash"], 16) != 0, "hash:", found["model-hash"])
    check(found["version"], "no version")
    check(int(found["session"]) > 0, "session:", found["session"])
    del found["model-hash"], found["version"], found["session"]
    equal(found, {"task": "vary", "model": "photo", "strength": "20",
                  "t": "200", "seed": "6", "steps": "3", "sampler": "ddim",
                  "eta": "0.5", "tileable": "false", "keep-colours": "true",
                  "group": "false", "selection-mask": "true",
                  "vary": "0", "vary-seed": "1", "variation": "2",
                  "made-of": "model", "structure": "30", "layout": "50",
                  "source": "Beach",
                  "source-tattoo": str(source.get_tattoo()),
                  "tattoo": str(results[1].get_tattoo()),
                  "image": str(image.get_id())}, "record")
    check(source.get_parasite("gimp-diffusion") is None,
          "the source has a record")


def test_group():
    """In a group, with offsets: beside the source"""
    image = new_image(100, 80)
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    inner = Gimp.GroupLayer.new(image, "Inner")
    image.insert_layer(inner, group, 0)
    other = add_layer(image, name="Other", parent=inner)
    source = add_layer(image, size=(48, 40), offsets=(13, 21), parent=inner)
    results = vary(image, [source], num_variations=2)
    equal(names(inner.get_children()), names(results[::-1] + [source, other]),
          "layers of the group")
    for result in results:
        equal(tuple(result.get_offsets())[-2:], (13, 21), "offsets")
        equal((result.get_width(), result.get_height()), (48, 40), "size")


def test_second_run():
    """A second run lands above the first, whatever is moved meanwhile"""
    image = new_image()
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    for parent in (None, group):
        below = add_layer(image, name="Below", parent=parent)
        source = add_layer(image, parent=parent)
        other = add_layer(image, name="Other", parent=parent)

        def stack():
            """The names of the layers beside the source."""
            return names(parent.get_children() if parent
                         else image.get_layers()[:-1])

        first = vary(image, [source], num_variations=2, steps=1)
        second = vary(image, [source], num_variations=2, steps=1, seed=2)
        equal(stack(), names([other] + second[::-1] + first[::-1] +
                             [source, below]), "layers after two runs")
        image.reorder_item(other, parent, 2)
        source.set_name("Shore")
        image.reorder_item(second[1], parent, 5)
        third = vary(image, [source], num_variations=1, steps=1, seed=4)
        equal(stack(), names(third + [second[0], other] + first[::-1] +
                             [source, second[1], below]),
              "layers after another run")
        # A result is varied, and results of another layer are no matter.
        fourth = vary(image, [first[0]], num_variations=1, steps=1, seed=5)
        equal(stack(), names(third + [second[0], other, first[1]] + fourth +
                             [first[0], source, second[1], below]),
              "layers after a result was varied")


def test_second_group():
    """Groups and the chain land above what is there of the layer, too"""
    image = new_image()
    source = add_layer(image)
    vary(image, [source], num_variations=1, steps=1)
    for number in range(2):
        vary(image, [source], num_variations=2, steps=1, group=True)
        vary(image, [source], chain_frames=3, steps=1)
    last = vary(image, [source], num_variations=1, steps=1, seed=9)
    equal(names(image.get_layers()),
          names(last) + ["Chain – Beach #1", "Variations – Beach #1",
                         "Chain – Beach", "Variations – Beach",
                         "40 % #0 – Beach", "Beach"], "layers")


def lands_on(image, source):
    """The name of the layer that a new result of source lies upon."""
    result = vary(image, [source], num_variations=1, steps=1, seed=99)[0]
    stack = image.get_layers()
    under = stack[stack.index(result) + 1].get_name()
    image.remove_layer(result)
    return under


def paste(result, image):
    """A copy of a result on top of an image, by name "Copy"."""
    copy = Gimp.Layer.new_from_drawable(result, image)
    image.insert_layer(copy, None, 0)
    copy.set_name("Copy")
    return copy


def test_copies():
    """A copy in another image is no result of what is there"""
    image, other = new_image(), new_image()
    source = add_layer(image)
    result = vary(image, [source], num_variations=1)[0]
    paste(result, image)
    equal(lands_on(image, source), "Copy", "in the same image: on")

    stranger = add_layer(other, name="Other 0")
    check(stranger.set_tattoo(source.get_tattoo()), "no tattoo")
    copy = paste(result, other)
    for name in ("Other 0", "Beach"):
        stranger.set_name(name)
        equal(lands_on(other, stranger), name, "in another one: on")
    check(copy.get_tattoo() != result.get_tattoo(), "tattoo of the copy")
    image.delete()
    equal(lands_on(other, stranger), "Beach", "with the first one closed: on")


def test_opened_again():
    """In a file that was opened again, results are known by both names"""
    path = os.path.join(os.environ["SHOTS"], "again.xcf")
    image = new_image()
    vary(image, [add_layer(image)], num_variations=1)
    file = Gio.File.new_for_path(path)
    check(Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None),
          "not saved")
    image.delete()
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
    result, source = image.get_layers()
    equal(lands_on(image, source), result.get_name(), "on")
    source.set_name("Shore")
    equal(lands_on(image, source), "Shore", "with another name on")
    source.set_name("Beach")

    # As first versions wrote it.
    text = "".join(f"{key}={value}\n" for key, value in record(result).items()
                   if key not in ("tattoo", "session", "image"))
    result.attach_parasite(Gimp.Parasite.new(
        "gimp-diffusion", 1, f"[diffusion]\n{text}\0".encode()))
    equal(lands_on(image, source), result.get_name(), "by an old record on")


def test_other_size():
    """A layer larger and one smaller than the canvas keep their size"""
    image = new_image(40, 30)
    for size, offsets in (((56, 48), (-8, -9)), ((20, 10), (5, 25))):
        source = add_layer(image, size=size, offsets=offsets)
        result = vary(image, [source], num_variations=1)[0]
        equal((result.get_width(), result.get_height()), size, "size")
        equal(tuple(result.get_offsets())[-2:], offsets, "offsets")
    equal((image.get_width(), image.get_height()), (40, 30), "canvas")


def test_attributes():
    """Opacity, mode, blending and colour tag are the source's; locks not"""
    image = new_image()
    source = add_layer(image)
    source.set_opacity(42.0)
    source.set_mode(Gimp.LayerMode.MULTIPLY)
    source.set_blend_space(Gimp.LayerColorSpace.RGB_LINEAR)
    source.set_composite_mode(Gimp.LayerCompositeMode.CLIP_TO_BACKDROP)
    source.set_color_tag(Gimp.ColorTag.GREEN)
    source.set_visible(False)
    source.set_lock_alpha(True)
    source.set_lock_content(True)
    result = vary(image, [source], num_variations=1)[0]
    check(abs(result.get_opacity() - 42.0) < 0.01, "opacity")
    equal(result.get_mode(), Gimp.LayerMode.MULTIPLY, "mode")
    equal(result.get_blend_space(), Gimp.LayerColorSpace.RGB_LINEAR, "space")
    equal(result.get_composite_mode(),
          Gimp.LayerCompositeMode.CLIP_TO_BACKDROP, "composite mode")
    equal(result.get_color_tag(), Gimp.ColorTag.GREEN, "colour tag")
    equal(result.get_visible(), True, "visible")
    equal((result.get_lock_alpha(), result.get_lock_content()),
          (False, False), "locks")
    equal((source.get_visible(), source.get_lock_alpha(),
           source.get_lock_content()), (False, True, True), "source")
    check(raw(result) != raw(source), "nothing changed")


def test_mask():
    """A layer mask comes along, bit for bit"""
    image = new_image()
    source = add_layer(image)
    mask = source.create_mask(Gimp.AddMaskType.WHITE)
    source.add_mask(mask)
    write(mask, array.array("f", (i / 1920 for i in range(1920))),
          form="Y float")
    source.set_apply_mask(False)
    before = raw(mask)
    result = vary(image, [source], num_variations=1)[0]
    check(result.get_mask() is not None, "no mask")
    equal(raw(result.get_mask()), before, "mask")
    equal(result.get_apply_mask(), False, "whether the mask applies")
    equal(raw(source.get_mask()), before, "mask of the source")


def test_selected_layers():
    """The user's layers, channels and paths stay selected"""
    image = new_image()
    other = add_layer(image, name="Other")
    source = add_layer(image)
    channel = Gimp.Channel.new_from_component(image, Gimp.ChannelType.RED,
                                              "Red")
    image.insert_channel(channel, None, 0)
    path = Gimp.Path.new(image, "Path")
    image.insert_path(path, None, 0)

    def selected():
        return [sorted(names(some)) for some in
                (image.get_selected_layers(), image.get_selected_channels(),
                 image.get_selected_paths())]

    image.set_selected_paths([path])
    for chosen in ([source], [other], [other, source], [channel]):
        for group in (False, True):
            if channel in chosen:
                image.set_selected_channels(chosen)
            else:
                image.set_selected_layers(chosen)
            before = selected()
            equal(before, [[], names(chosen), ["Path"]] if channel in chosen
                  else [sorted(names(chosen)), [], ["Path"]],
                  "what is selected")
            vary(image, [source], num_variations=2, steps=1, group=group)
            equal(selected(), before, "what is selected after a run")


def test_visible():
    """Of each layer's results the top one shows, the layer as before"""
    image = new_image()
    low = add_layer(image, name="Low")
    high = add_layer(image, name="High")
    high.set_visible(False)
    both = vary(image, [high, low], num_variations=3)
    equal([layer.get_visible() for layer in both], [False, False, True] * 2,
          "visible")
    equal((low.get_visible(), high.get_visible()), (True, False), "sources")


def test_visible_second():
    """What earlier runs have made of a layer is hidden, and nothing else"""
    image = new_image()
    group = Gimp.GroupLayer.new(image, "Group")
    image.insert_layer(group, None, 0)
    source = add_layer(image)
    other = add_layer(image, name="Other")

    def visible():
        """The ids of what is made visible."""
        return {layer.get_id() for layer in every_layer(image)
                if layer.get_visible()}

    stay = {layer.get_id() for layer in (group, source, other)}
    stay.add(vary(image, [other], num_variations=1, steps=1)[0].get_id())
    first = vary(image, [source], num_variations=2, steps=1)
    image.reorder_item(first[1], group, 0)
    vary(image, [source], num_variations=2, steps=1, group=True)
    made = image.get_layers()[2]
    equal(made.get_name(), "Variations – Beach", "the group")
    shown = {made.get_id(), made.get_children()[0].get_id()}
    equal(visible(), stay | shown, "after a group")
    vary(image, [source], chain_frames=3, steps=1)
    chain = image.get_layers()[2]
    equal(chain.get_name(), "Chain – Beach", "the chain")
    shown = {made.get_id(), chain.get_id(), chain.get_children()[0].get_id()}
    equal(visible(), stay | shown, "after a chain")

    # The layer inside of what was made of it, and one of two that are varied.
    image.reorder_item(source, chain, 3)
    last = vary(image, [source, first[0]], num_variations=1, steps=1)
    first[0].set_visible(True)
    check({chain.get_id(), source.get_id()} < visible(), "the source is hidden")
    equal([layer.get_visible() for layer in last], [True, True], "results")
    vary(image, [source, first[0]], num_variations=1, steps=1)
    equal([layer.get_visible() for layer in last + [first[0], source]],
          [False, False, True, True], "after the last run")


def test_visible_parts():
    """Results with masks of their own stay: they may be of other parts"""
    image = new_image()
    source = add_layer(image)
    made = []
    for x in (4, 28):
        image.select_rectangle(Gimp.ChannelOps.REPLACE, x, 4, 12, 12)
        made += vary(image, [source], num_variations=1, steps=1)
    equal([layer.get_visible() for layer in made], [True, True], "parts")
    made += vary(image, [source], num_variations=1, steps=1,
                 selection_mask=False)
    made += vary(image, [source], num_variations=1, steps=1,
                 selection_mask=False)
    equal([layer.get_visible() for layer in made], [True, True, False, True],
          "with whole layers")


def test_multiply():
    """Variations of a Multiply layer darken as one layer does"""
    for group in (False, True):
        for opacity in (100.0, 42.0):
            image = new_image()
            add_layer(image, name="Below")
            source = add_layer(image)
            source.set_mode(Gimp.LayerMode.MULTIPLY)
            source.set_opacity(opacity)
            source.set_visible(False)
            vary(image, [source], num_variations=1, seed=3, group=group)
            wanted = seen(image)
            image.remove_layer(image.get_layers()[0])
            vary(image, [source], num_variations=4, group=group)
            far = farthest(seen(image), wanted)
            check(far < 1e-6, "off by", far, "in a group" if group else "")
            for other in (False, True):
                vary(image, [source], num_variations=1, seed=3, group=other)
                far = farthest(seen(image), wanted)
                # Groups are rounded to 8 bits once more.
                check(far < 0.005, "after another run off by", far)


def test_two_layers():
    """Two layers, each with variations above it, as if run alone"""
    image = new_image()
    low = add_layer(image, name="Low")
    high = add_layer(image, scene(48, 40, lambda x, y: x / 47), name="High")
    both = vary(image, [high, low], num_variations=2)
    equal(names(image.get_layers()),
          names([both[3], both[2], high, both[1], both[0], low]),
          "layer stack")
    alone = vary(image, [high], num_variations=2)
    equal([raw(layer) for layer in both[2:]], [raw(layer) for layer in alone],
          "pixels")


def test_effects():
    """Layer effects are in the variation's pixels, once"""
    image = new_image()
    source = add_layer(image, scene(48, 40, lambda x, y: 0.25 + x / 64))
    plain = raw(source)
    effect = Gimp.DrawableFilter.new(source, "gegl:invert-gamma", "Invert")
    source.append_filter(effect)
    effect.update()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 4, 4, 30, 30)
    mask = read(image.get_selection(), "Y float")
    before = seen(image)

    result = vary(image, [source], num_variations=1, strength=0.0)[0]
    equal(len(result.get_filters()), 0, "effects of the variation")
    equal(len(source.get_filters()), 1, "effects of the source")
    equal(raw(source), plain, "pixels of the source")
    equal(read(image.get_selection(), "Y float"), mask, "selection")
    after = floats(result)
    worst = largest(abs(after[i + c] - before[i + c])
                    for i in range(0, len(after), 4) for c in range(4))
    check(worst < 0.01, "not what the user saw, off by", worst)
    equal(len(Gimp.get_images()), 1, "images left behind")


def test_text():
    """A variation of a text layer is pixels, no text"""
    image = new_image(120, 60)
    font = Gimp.context_get_font()
    source = Gimp.TextLayer.new(image, "Beach", font, 24, Gimp.Unit.pixel())
    image.insert_layer(source, None, 0)
    result = vary(image, [source], num_variations=1)[0]
    check(not isinstance(result, Gimp.TextLayer), "still a text layer")
    check(isinstance(source, Gimp.TextLayer), "the source lost its text")
    equal((result.get_width(), result.get_height()),
          (source.get_width(), source.get_height()), "size")


def test_image_untouched():
    """Guides, parasites, resolution and paths of the image stay"""
    image = new_image()
    source = add_layer(image)
    image.add_hguide(11)
    image.attach_parasite(Gimp.Parasite.new("mine", 1, b"x"))
    before = (image.get_parasite_list(), image.get_resolution(),
              image.find_next_guide(0), image.get_base_type(),
              image.get_precision())
    vary(image, [source], num_variations=1)
    after = (image.get_parasite_list(), image.get_resolution(),
             image.find_next_guide(0), image.get_base_type(),
             image.get_precision())
    equal(after, before, "image")
    equal(len(every_layer(image)), 2, "layers")


def repeat(image, layers, settings):
    """What Filters > Repeat makes after a run with settings, as GIMP saves
    them."""
    folder = os.path.join(Gimp.directory(), "plug-in-settings")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "GimpProcedureConfigRun-plug-in-diffusion.last")
    with open(path, "w", encoding="utf-8") as last:
        last.write(f"# settings\n\n{settings}\n")
    try:
        return names(vary(image, layers,
                          **{"run-mode": Gimp.RunMode.WITH_LAST_VALS}))
    finally:
        os.remove(path)


def test_last_values():
    """The last values are taken, but for what belongs to one layer"""
    image = new_image(16, 16)
    equal(repeat(image, [add_layer(image)],
                 '(strength 25)\n(num-variations 2)\n(seed 9)\n(steps 2)\n'
                 '(picks "3,4,5")\n(vary 0.25)\n(chain-frames 7)'),
          ["25 % #9 – Beach", "25 % #10 – Beach"], "names")


def test_repeat():
    """Repeat makes none of a layer's results again, other calls do"""
    image = new_image(16, 16)
    low = add_layer(image, name="Low")
    high = add_layer(image, name="High")

    def made(*layers, strength=25, group="no"):
        return repeat(image, layers, f"(strength {strength})\n(seed 9)\n"
                      f"(num-variations 2)\n(steps 1)\n(group {group})")

    def called(first, *sources):
        return [f"25 % #{first + i} – {name}" for name in sources
                for i in range(2)]

    equal(made(low, group="yes"), called(9, "Low") + ["Variations – Low"],
          "first")
    equal(made(low), called(11, "Low"), "second")
    equal(made(low), called(13, "Low"), "third")
    equal(made(high), called(9, "High"), "of another layer")
    equal(made(high, low), called(15, "Low", "High"), "of both")
    equal(made(low, strength=50), ["50 % #9 – Low", "50 % #10 – Low"],
          "with another strength")
    # One between them, and near ones, which are no doubles.
    vary(image, [high], strength=25.0, seed=12, num_variations=1, steps=1)
    vary(image, [high], strength=25.0, seed=13, num_variations=2, steps=1,
         vary=0.25)
    equal(made(high), called(13, "High"), "past one")
    again = vary(image, [low], strength=25.0, seed=9, num_variations=1,
                 steps=1)
    equal(names(again), ["25 % #9 – Low #1"], "what a script makes again")


def test_returned_layers():
    """The procedure returns the new layers, for scripts"""
    image = new_image()
    source = add_layer(image)
    scheme(f"""
      (let* ((new (car (plug-in-diffusion #:run-mode RUN-NONINTERACTIVE
                         #:image {image.get_id()}
                         #:drawables (vector {source.get_id()})
                         #:steps 1 #:num-variations 2)))
             (name (lambda (i) (car (gimp-item-get-name
                                      (vector-ref new i))))))
        (if (not (= (vector-length new) 2))
            (error "not two layers"))
        (if (not (string=? (name 0) "40 % #0 – Beach"))
            (error (name 0)))
        (if (not (string=? (name 1) "40 % #1 – Beach"))
            (error (name 1))))""")
    equal(len(image.get_layers()), 3, "layers")
