from ft_core.testing import assert_step


def test_the_step_keeps_its_contract(step):
    assert_step(step)


def test_a_blank_moral_is_refused(step):
    assert str(step.validate_output({"moral": " "}, {})[0]) == "$.moral: the moral is blank"
