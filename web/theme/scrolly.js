// Of the pictures that lie one upon the other, those up to the text that is being read are shown. A text is being read once
// it has come into the lower part of the window.
{
  const scrolly = document.currentScript.previousElementSibling;
  const texts = [...scrolly.querySelectorAll(".scene > p")];
  const show = () => {
    const last = texts.findLastIndex((text) => text.getBoundingClientRect().top <= 0.85 * innerHeight);
    texts.forEach((text, index) => text.parentElement.classList.toggle("shown", index <= Math.max(last, 0)));
  };
  show();
  scrolly.classList.add("unfolds");
  const reading = new IntersectionObserver(show, { rootMargin: "-80% 0px -15%" });
  for (const text of texts) reading.observe(text);
}
