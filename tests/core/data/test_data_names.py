"""Names: nothing held out was seen, every name has one class; the competitor against scikit-learn on the same counts."""

import numpy as np
import pytest

from core.data import bayes
from core.data.dataset import baselines_of, remarks_of
from core.data.open import open_dataset
from core.data.vocabulary import PAD, UNKNOWN
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry


def opened(**params):
    return open_dataset(default_registry(), DataChoice("names", params), 0)


def refused(**params):
    with pytest.raises(Refused) as caught:
        opened(**params)
    return caught.value.problems[0]


def folder(tmp_path, **files):
    for name, lines in files.items():
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), "utf-8")
    return str(tmp_path)


@pytest.mark.parametrize("params", [{}, {"things": "territories", "languages": "es, en, de"}])
def test_nothing_that_is_held_out_was_named_in_training(params):
    split = opened(**params).split
    assert len(split.classes) >= (16 if not params else 3)
    names = [{n.name for n in part} for part in (split.training, split.held)]
    things = [{n.thing for n in part} for part in (split.training, split.held)]
    assert not names[0] & names[1] and not things[0] & things[1]
    everything = (*split.training, *split.held)
    assert len({n.name for n in everything}) == len(everything)  # so each has exactly one class
    assert len(split.held) / len(everything) == pytest.approx(0.2, abs=0.03)
    assert split.shared > 0


def test_names_are_read_letter_by_letter_and_padded():
    data = opened(languages="es,de", things="territories")
    vocabulary, classes = (f.vocabulary for f in data.fields.items)
    assert vocabulary[:2] == (PAD, UNKNOWN) and classes == ("de", "es")
    known = {(n.name, n.label) for n in data.split.training}
    batch = data.stream(0).next()
    assert batch.arrays["name"].shape[1] == batch.lengths["T"].max() < data.training["name"].shape[1]
    for row, label, length in zip(batch.arrays["name"], batch.arrays["class"], batch.lengths["T"], strict=True):
        assert ("".join(vocabulary[i] for i in row[:length]), classes[label]) in known
        assert not row[length:].any()


def test_the_examples_are_of_several_languages():
    assert len(set(opened().examples(4).arrays["class"].tolist())) > 1


def test_a_folder_of_ones_own(tmp_path):
    path = folder(
        tmp_path,
        red=["rojo", "rosso", "", "rouge", "both"] + [f"r{i}" for i in range(40)],
        blue=["azul", "bleu", "both"] + [f"b{i}" for i in range(40)],
    )
    for given in (path, f"{path}/red.txt"):
        data = opened(path=given)
        assert data.split.classes == ("blue", "red")
        assert "both" not in {n.name for n in (*data.split.training, *data.split.held)}
    assert "1 that several" in remarks_of(data)[0].en


def test_a_letter_that_training_never_showed_is_unknown(tmp_path):
    data = opened(path=folder(tmp_path, a=[c * 3 for c in "abcdefghijklmn"], b=[c * 3 for c in "opqrstuvwxyz"]))
    assert (data.held_out["name"][:, :3] == 1).all()


@pytest.mark.parametrize(
    ("files", "code", "line"),
    [
        ({"only": ["a"]}, "data.no_classes", 0),
        ({"a": ["ok", "x" * 101], "b": ["c"]}, "data.long_name", 2),
        ({"a": ["same"], "b": ["same"]}, "data.too_few_names", 0),
    ],
)
def test_folders_that_cannot_be_told_apart_are_refused(tmp_path, files, code, line):
    problem = refused(path=folder(tmp_path, **files))
    assert (problem.code, problem.where.line) == (code, line)


def test_languages_that_are_not_there_are_named():
    assert refused(languages="es, xx_YY").got == "xx_YY"
    assert refused(languages="es").code == "data.too_few_names"


def test_naive_bayes_says_what_scikit_learn_says():
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    split = opened(languages="ca, es, it, pt", things="territories").split
    names, asked = ([n.name for n in part] for part in (split.training, split.held))
    classes = np.array([split.classes.index(n.label) for n in split.training])
    for smoothing in (1.0, 0.1):
        ours = bayes.fitted(names, classes, 4, smoothing)
        counter = CountVectorizer(analyzer=bayes.trigrams, lowercase=False)
        theirs = MultinomialNB(alpha=smoothing).fit(counter.fit_transform(names), classes)
        assert np.allclose(bayes.log_joint(ours, asked), theirs.predict_joint_log_proba(counter.transform(asked)))
        answers = np.array([split.classes.index(n.label) for n in split.held])
        found = bayes.scores(ours, asked, answers)
        assert found["accuracy"] == pytest.approx(theirs.score(counter.transform(asked), answers))
        logp = theirs.predict_log_proba(counter.transform(asked))
        assert found["nats"] == pytest.approx(-logp[np.arange(len(asked)), answers].mean())


def test_the_competitor_is_a_strong_one():
    (found,) = baselines_of(opened())
    assert 0.75 < found.scores["accuracy"] < 0.9
