// When a page's figures come to life: when its reader is two windows away from one, or follows a link to a state of it.
// What nobody looks at does not keep a phone from scrolling meanwhile. Somebody who searches the page or goes from control
// to control never comes near, so five seconds are the longest that it takes. This runs after the text; what will be
// needed is fetched from then on, when the network has nothing else to do, unless the page itself asked for it before.
{
  const NEAR = "200% 0px";
  const LONGEST = 5000; // ms
  const runtime = new URL(RUNTIME, document.currentScript.src).href; // web/extensions/live_figures.py puts its name here

  const add = (name, described) => document.head.append(Object.assign(document.createElement(name), described));
  let begun = false;
  const begin = () => {
    if (!begun) add("script", { src: runtime });
    begun = true;
  };

  const look = (pictures) => {
    if (pictures.some((each) => each.isIntersecting)) begin();
    else if (!begun) add("link", { rel: "prefetch", as: "script", href: runtime });
  };
  const watch = new IntersectionObserver(look, { rootMargin: NEAR });
  for (const picture of document.querySelectorAll("img.live")) watch.observe(picture);
  const askedFor = () => /=|%3d/i.test(location.hash) && begin(); // as web/widget/links.js tells a state from a place
  addEventListener("hashchange", askedFor);
  askedFor();
  setTimeout(begin, LONGEST);
}
