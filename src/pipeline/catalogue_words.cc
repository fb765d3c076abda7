// The vocabulary of the generated catalogue. All of it is invented; only counts follow the real data set: 248
// categories, 25 names with a comma, 35 with an apostrophe, 3 with an é.
#include "pipeline/catalogue_words.h"

#include <array>

namespace aljibe::pipeline {
namespace {

constexpr auto category_table = std::to_array<CategoryWords>({
    {"Luggage Sets & Carriers", "Suitcase"}, {"Travel Backpacks", "Travel Backpack"}, {"Packing Cubes & Pouches", "Packing Cube Set"}, {"Passport Wallets", "Passport Wallet"},
    {"Duffels for the Weekend", "Duffel Bag"}, {"Garment Bags", "Garment Bag"}, {"Neck Pillows & Sleep Masks", "Neck Pillow"}, {"Luggage Scales & Locks", "Luggage Scale"},
    {"Men's Sneakers", "Sneaker"}, {"Men's Boots", "Work Boot"}, {"Men's Shirts", "Oxford Shirt"}, {"Men's Jackets", "Rain Jacket"},
    {"Men's Watches", "Wrist Watch"}, {"Men's Belts & Wallets", "Leather Belt"}, {"Men's Socks", "Crew Sock Pack"}, {"Men's Trousers", "Chino Trousers"},
    {"Women's Sneakers", "Running Shoe"}, {"Women's Sandals", "Sandal"}, {"Women's Dresses", "Summer Dress"}, {"Women's Coats", "Wool Coat"},
    {"Women's Handbags", "Handbag"}, {"Women's Jewellery", "Pendant Necklace"}, {"Women's Leggings", "Leggings"}, {"Women's Hats & Scarves", "Scarf"},
    {"Girls' Shoes", "Ballet Flat"}, {"Girls' Dresses", "Party Dress"}, {"Girls' Swimwear", "Swimsuit"}, {"Girls' Hair Accessories", "Hair Clip Set"},
    {"Boys' Shoes", "Velcro Shoe"}, {"Boys' Shirts", "Polo Shirt"}, {"Boys' Swimwear", "Swim Trunks"}, {"Boys' School Bags", "School Bag"},
    {"Children's Raincoats", "Raincoat"}, {"Children's Pyjamas", "Pyjama Set"}, {"Children's Slippers", "Slipper"}, {"Children's Umbrellas", "Umbrella"},
    {"Baby Bottles & Sterilisers", "Baby Bottle"}, {"Prams & Pushchairs", "Pushchair"}, {"Cots, Cribs & Bedding", "Crib Sheet"}, {"Nappies & Wipes", "Nappy Pack"},
    {"Ladies' Headbands & Earmuffs", "Earmuff"}, {"Cast Iron Cookware", "Skillet"}, {"Kettles & Teapots", "Kettle"}, {"Kitchen Knives", "Chef Knife"},
    {"Coffee Makers & Grinders", "Coffee Grinder"}, {"Food Storage", "Container Set"}, {"Bakeware, Tins & Moulds", "Cake Tin"}, {"Cutting Boards", "Cutting Board"},
    {"Computer Monitors & Stands", "Monitor"}, {"Keyboards & Mice", "Mechanical Keyboard"}, {"Laptop Sleeves", "Laptop Sleeve"}, {"Docking Stations", "Docking Station"},
    {"USB Hubs & Adapters", "USB Hub"}, {"External Drives", "Portable Drive"}, {"Webcams", "Webcam"}, {"Graphics Cards", "Graphics Card"},
    {"Headphones & Earbuds", "Headphones"}, {"Bluetooth Speakers", "Speaker"}, {"Turntables & Needles", "Turntable"}, {"Microphones", "Microphone"},
    {"Soundbars", "Soundbar"}, {"Radio Receivers", "Radio"}, {"Cables, Plugs & Sockets", "HDMI Cable"}, {"Headphone Cases", "Carrying Case"},
    {"Phone Cases & Covers", "Phone Case"}, {"Phone Chargers", "Fast Charger"}, {"Screen Protectors", "Screen Protector"}, {"Power Banks", "Power Bank"},
    {"Smart Watches", "Smart Watch"}, {"Tablet Stands", "Tablet Stand"}, {"Car Phone Mounts", "Phone Mount"}, {"Selfie Sticks & Tripods", "Tripod"},
    {"Camera Lenses", "Zoom Lens"}, {"Camera Bags", "Camera Bag"}, {"Action Cameras", "Action Camera"}, {"Binoculars & Scopes", "Binoculars"},
    {"Memory Cards", "Memory Card"}, {"Flashes, Lamps & Reflectors", "Ring Light"}, {"Photo Frames", "Photo Frame"}, {"Film & Paper", "Instant Film Pack"},
    {"Cordless Drills", "Cordless Drill"}, {"Hand Tools", "Wrench Set"}, {"Screws, Nuts & Bolts", "Screw Assortment"}, {"Tool Boxes", "Tool Box"},
    {"Ladders & Platforms", "Step Ladder"}, {"Sanders & Polishers", "Orbital Sander"}, {"Safety Gloves", "Work Gloves"}, {"Measuring & Marking", "Tape Measure"},
    {"Paint Brushes & Rollers", "Paint Roller Kit"}, {"Door Handles", "Door Handle"}, {"Hinges, Hooks & Brackets", "Shelf Bracket"}, {"Wall Plugs", "Wall Plug Set"},
    {"Plumbing Fittings", "Pipe Fitting"}, {"Taps & Shower Heads", "Shower Head"}, {"Sealants, Glues & Tapes", "Duct Tape"}, {"Ceiling Fans", "Ceiling Fan"},
    {"Table Lamps", "Table Lamp"}, {"Light Bulbs", "LED Bulb"}, {"String Lights", "String Lights"}, {"Night Lights", "Night Light"},
    {"Torches & Headlamps", "Headlamp"}, {"Lampshades", "Lampshade"}, {"Dimmers & Switches", "Dimmer Switch"}, {"Garden Lanterns", "Lantern"},
    {"Sofas & Armchairs", "Armchair"}, {"Bookcases", "Bookcase"}, {"Desks & Workstations", "Standing Desk"}, {"Bed Frames", "Bed Frame"},
    {"Dining Tables", "Dining Table"}, {"Bar Stools", "Bar Stool"}, {"Shoe Racks", "Shoe Rack"}, {"TV Stands", "TV Stand"},
    {"Pillows & Bolsters", "Pillow"}, {"Duvets, Quilts & Throws", "Duvet Cover"}, {"Mattress Toppers", "Mattress Topper"}, {"Sheets & Pillowcases", "Sheet Set"},
    {"Bath Towels", "Bath Towel"}, {"Curtains & Blinds", "Blackout Curtain"}, {"Rugs & Runners", "Area Rug"}, {"Cushions", "Cushion Cover"},
    {"Wall Clocks", "Wall Clock"}, {"Candles & Holders", "Scented Candle"}, {"Vases & Planters", "Flower Vase"}, {"Posters & Prints", "Art Print"},
    {"Mirrors", "Round Mirror"}, {"Artificial Flowers", "Artificial Plant"}, {"Storage Baskets", "Storage Basket"}, {"Christmas Ornaments", "Ornament Set"},
    {"Garden Hoses", "Garden Hose"}, {"Lawn Mowers", "Lawn Mower"}, {"Pruners, Shears & Saws", "Pruning Shears"}, {"Seeds & Bulbs", "Seed Collection"},
    {"Pots, Trays & Stands", "Plant Pot"}, {"Bird Feeders", "Bird Feeder"}, {"Barbecues & Smokers", "Charcoal Grill"}, {"Patio Umbrellas", "Patio Umbrella"},
    {"Swimming Pool Care", "Pool Skimmer"}, {"Outdoor Cushions", "Bench Cushion"}, {"Compost & Soil", "Compost Bin"}, {"Greenhouses", "Mini Greenhouse"},
    {"Pest Control", "Insect Trap"}, {"Hammocks & Swings", "Hammock"}, {"Sprinklers, Timers & Valves", "Water Timer"}, {"Snow Shovels", "Snow Shovel"},
    {"Dog Beds", "Dog Bed"}, {"Dog Leads & Collars", "Dog Collar"}, {"Dog Food, Treats & Chews", "Dental Chew"}, {"Cat Trees", "Cat Tree"},
    {"Cat Litter & Boxes", "Litter Box"}, {"Aquarium Filters", "Aquarium Filter"}, {"Bird Cages", "Bird Cage"}, {"Hamster, Rabbit & Guinea Pig Care", "Hamster Wheel"},
    {"Tents & Shelters", "Camping Tent"}, {"Sleeping Bags", "Sleeping Bag"}, {"Camping Stoves", "Camping Stove"}, {"Hiking Poles", "Trekking Pole"},
    {"Water Bottles & Flasks", "Water Bottle"}, {"Climbing Ropes", "Climbing Rope"}, {"Fishing Reels", "Fishing Reel"}, {"Cool Boxes, Bags & Jugs", "Cool Box"},
    {"Yoga Mats & Blocks", "Yoga Mat"}, {"Dumbbells, Kettlebells & Plates", "Dumbbell"}, {"Resistance Bands", "Resistance Band Set"}, {"Treadmills", "Treadmill"},
    {"Cycling Helmets", "Bike Helmet"}, {"Bicycle Lights & Locks", "Bike Light"}, {"Tennis Rackets", "Tennis Racket"}, {"Golf Balls & Tees", "Golf Ball Pack"},
    {"Footballs & Goals", "Football"}, {"Basketball Hoops", "Basketball Hoop"}, {"Swimming Goggles", "Swim Goggles"}, {"Ski Goggles, Masks & Helmets", "Ski Goggles"},
    {"Skateboards", "Skateboard"}, {"Inline Skates", "Inline Skates"}, {"Boxing Gloves", "Boxing Gloves"}, {"Darts & Boards", "Dart Board"},
    {"Building Blocks", "Building Block Set"}, {"Dolls' Houses", "Doll House"}, {"Puzzles for Grown-Ups", "Jigsaw Puzzle"}, {"Board Games", "Board Game"},
    {"Model Trains", "Model Train"}, {"Remote Control Cars", "RC Car"}, {"Soft Toys", "Plush Bear"}, {"Slime, Putty & Dough", "Modelling Dough"},
    {"Craft Paper", "Craft Paper"}, {"Beads, Charms & Findings", "Bead Kit"}, {"Knitting Yarn", "Cotton Yarn"}, {"Sewing Machines", "Sewing Machine"},
    {"Fabric Scissors", "Fabric Scissors"}, {"Acrylic Paints", "Acrylic Paint Set"}, {"Sketch Pads", "Sketch Pad"}, {"Appliqué & Embroidery", "Embroidery Hoop"},
    {"Notebooks & Journals", "Notebook"}, {"Fountain Pens", "Fountain Pen"}, {"Desk Organisers", "Desk Organiser"}, {"Envelopes, Labels & Stamps", "Label Roll"},
    {"Staplers & Punches", "Stapler"}, {"Whiteboards", "Whiteboard"}, {"Shredders", "Paper Shredder"}, {"Printer Ink & Toner", "Toner Cartridge"},
    {"Acoustic Guitars", "Acoustic Guitar"}, {"Guitar Strings, Picks & Straps", "Guitar String Set"}, {"Digital Pianos", "Digital Piano"}, {"Drum Kits", "Drum Pad"},
    {"Ukuleles", "Ukulele"}, {"Violins & Bows", "Violin"}, {"Studio Monitors", "Studio Speaker"}, {"Music Stands", "Music Stand"},
    {"Skin Care", "Face Cream"}, {"Shampoos & Conditioners", "Shampoo"}, {"Hair Dryers", "Hair Dryer"}, {"Nail Polish", "Nail Polish"},
    {"Men's Shaving", "Razor"}, {"Women's Perfume", "Eau de Parfum"}, {"Make-Up Brushes", "Brush Set"}, {"Décolleté & Body Oils", "Body Oil"},
    {"Vitamins, Minerals & Supplements", "Vitamin C"}, {"First Aid", "First Aid Kit"}, {"Electric Toothbrushes", "Toothbrush"}, {"Thermometers", "Thermometer"},
    {"Blood Pressure Monitors", "Blood Pressure Monitor"}, {"Massage Guns", "Massage Gun"}, {"Reading Glasses", "Reading Glasses"}, {"Supports, Braces & Splints", "Knee Brace"},
    {"Car Seat Covers", "Seat Cover"}, {"Car Wash & Wax", "Car Wax"}, {"Dash Cams", "Dash Cam"}, {"Tyre Inflators", "Tyre Inflator"},
    {"Motorcycle Gloves", "Motorcycle Gloves"}, {"Wiper Blades", "Wiper Blade"}, {"Oils, Filters & Fluids", "Oil Filter"}, {"Roof Racks", "Roof Rack"},
    {"Vacuum Cleaners", "Vacuum Cleaner"}, {"Air Purifiers", "Air Purifier"}, {"Irons & Steamers", "Steam Iron"}, {"Robot Vacuums", "Robot Vacuum"},
    {"Mops, Buckets & Brushes", "Spin Mop"}, {"Laundry Baskets", "Laundry Basket"}, {"Humidifiers", "Humidifier"}, {"Space Heaters", "Space Heater"},
    {"Espresso & Café Supplies", "Espresso Cup"}, {"Chocolates, Biscuits & Sweets", "Chocolate Box"}, {"Olive Oil & Vinegar", "Olive Oil"}, {"Spices & Seasonings", "Spice Set"},
    {"Gift Cards", "Gift Card"}, {"Teachers' Gifts", "Desk Sign"}, {"Collectors' Coins & Stamps", "Coin Album"}, {"Painters' Easels & Canvases", "Easel"},
});

constexpr auto gap_table = std::to_array<int>({37, 59, 61, 62, 67, 85, 86, 92, 93, 111, 115, 117, 119, 202, 246, 247, 257, 258, 266, 267, 268, 269});

constexpr auto brand_starts = std::to_array<std::string_view>({
    "Al", "Bel", "Cor", "Dal", "El", "Fen", "Gar", "Hal", "Iv", "Jun", "Kel", "Lum", "Mar", "Nor", "Or", "Pel", "Quin", "Ros", "Sol", "Tal", "Ul",
    "Ver", "Win", "Xan", "Yar", "Zel", "Bri", "Cla", "Dre", "Fro", "Gle", "Tru",
});

constexpr auto brand_ends = std::to_array<std::string_view>({
    "aro", "bex", "cora", "dale", "ento", "fina", "gard", "hem", "ine", "jora", "ko", "lane", "mont", "nix", "ova", "pell", "quest", "ria", "sand",
    "tek", "ula", "vane", "wick", "xo", "yard", "zen", "by", "ton", "leaf", "core", "line", "works",
});

constexpr auto adjective_table = std::to_array<std::string_view>({
    "Classic", "Portable", "Lightweight", "Heavy Duty", "Waterproof", "Compact", "Foldable", "Premium", "Adjustable", "Wireless", "Stainless Steel",
    "Vintage", "Modern", "Soft", "Large", "Small", "Extra Large", "Slim", "Ergonomic", "Professional", "Everyday", "Deluxe", "Durable", "Breathable",
    "Rechargeable", "Handmade", "Organic", "Multi-Purpose", "Quick Dry", "Non-Slip", "Reversible", "Insulated",
});

constexpr auto phrase_table = std::to_array<std::string_view>({
    "Easy to Clean", "Gift for Him and Her", "with Carrying Bag", "for Home and Office", "Indoor and Outdoor Use", "Pack of 2", "Pack of 4",
    "Set of 6", "Navy Blue", "Matte Black", "Snow White", "Forest Green", "Rose Gold", "Charcoal Grey", "Light Brown", "Burgundy",
    "with Storage Pocket", "Machine Washable", "for Travel", "for Men and Women", "for Boys and Girls", "Anti-Scratch", "with Remote Control",
    "Low Noise", "Long Battery Life", "2-Pack", "10 Pieces", "Extra Soft Lining", "with Lid", "Leakproof", "Dishwasher Safe", "No Assembly Required",
    "with Zip", "for Small Rooms", "for Beginners", "Replacement Parts Included", "Medium", "Large", "Size 8", "Size 10", "XX-Large",
    "Ideal for Camping", "with Gift Box", "Made from Recycled Material", "Dust and Splash Resistant", "3 Speed Settings", "360 Degree Rotation",
    "with LED Display", "Energy Saving", "for Sensitive Skin", "Lightweight Frame", "with Adjustable Strap", "Shockproof", "Fade Resistant",
    "Double Stitched", "Fast Drying", "High Density Foam", "Cool Touch", "Universal Fit", "Tool-Free Setup", "Wall Mounted", "Space Saving",
    "Two-Tone", "Premium Quality",
});

constexpr auto inch_table = std::to_array<std::string_view>({
    "30\" Wide", "24\" x 36\"", "5.5\" Blade", "12\" Tall", "3/4\" Fitting", "15.6\" Screen", "8\" x 10\" Frame", "27\" Display", "1/2\" Drive",
    "18\" Round", "6\" Deep and 9\" Long", "20\" Wheel",
});

constexpr auto foreign_table = std::to_array<std::string_view>({
    "Café Style", "30° Tilt", "½ Inch", "100% Cotton – Soft", "Classic™ Series", "Flex® Grip", "10 × 12 cm", "Men’s Fit", "“Best of” Edition",
    "（2 Pack）", "Rosé", "200℉ Safe", "Up to 50 ℃", "Déjà Vu", "Día de Campo", "Größe M", "Señor", "Ångström", "Ωmega", "ミニ", "キット", "♥ Gift", "★ New",
    "20 µm", "¼ Turn", "Ultra\u2002Wide", "5 – 7 Years", "Piñata", "Smörgåsbord", "Naïve", "Crème", "Fête", "±2 mm", "≤ 40 dB", "🚌 Pattern",
    "𝐔𝐩𝐠𝐫𝐚𝐝𝐞𝐝", "No\u0096Iron", "Mate…",
});

constexpr auto colour_table = std::to_array<std::string_view>({
    "Black", "White", "Blue", "Red", "Grey", "Green", "Pink", "Silver", "Beige", "Brown", "Navy", "Purple", "Orange", "Gold", "Clear", "Multicolour",
});

constexpr auto tail_table = std::to_array<std::string_view>({
    " with Extra Padding", " for Daily Use", " and Travel Pouch", " - New Edition", " for All Seasons", " in Assorted Colours", " with Cover",
    " for Adults", " and Cleaning Cloth", " - Set", " with Handle", " for the Whole Family", " and User Guide", " with Long Cord",
    " for Kitchen and Garden", " - Value Bundle",
});

constexpr auto audience_table = std::to_array<std::string_view>({
    "Men's", "mens Modern", "Women's", "Kids'", "Unisex", "Unisex-Adult", "Baby", "Classic",
});

}  // namespace

std::span<const CategoryWords> category_words() { return category_table; }
std::span<const int> category_gaps() { return gap_table; }

const TitleWords& title_words() {
  static constexpr TitleWords words{
      .brand_starts = brand_starts, .brand_ends = brand_ends, .adjectives = adjective_table, .phrases = phrase_table, .inches = inch_table,
      .foreign = foreign_table, .colours = colour_table, .tails = tail_table, .audiences = audience_table};
  return words;
}

}  // namespace aljibe::pipeline
