from preview import test_parts
