"""Texts of the framework in the language of the page, and a crash in words: in Chromium that speaks English."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.i18n.messages import words
from dashboard.views import pages
from shop.connect import connect
from tests.support.opened import opened

TEXTS = """() => {
  const ours = '[data-testid="stMarkdownContainer"], .stHtml, script, style, noscript, pre, textarea, .js-plotly-plot, '
    + '[data-testid="stIconMaterial"], [data-testid="stExpanderIcon"], [role="gridcell"]';
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest(ours)) found.push(walk.currentNode.nodeValue.trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name).trim());
  return found.filter((text) => /[A-Za-z]{3,}/.test(text) && !/[\\u4e00-\\u9fff]/.test(text));
}"""
NAMES = {"English"}  # a language by its own name; kinds of files are in capitals alone
